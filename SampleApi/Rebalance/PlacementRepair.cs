using PgAspire.SampleApi.Clusters;
using PgAspire.SampleApi.Placement;

namespace PgAspire.SampleApi.Rebalance;

/// <summary>
/// Brings to an end what an earlier rebalance left half done, and what a cluster that was away, emptied or removed
/// left behind. Afterwards every customer that can be reached is <c>here</c> somewhere.
/// </summary>
internal sealed class PlacementRepair(ClusterSet clusters, TextWriter output)
{
    private const int PageSize = 1000;
    private const int DeleteSize = 5000;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await ForEachAsync(AdoptStraysAsync, cancellationToken);
        await ForEachAsync(TakeBackAsync, cancellationToken);
        await ForEachAsync(SettleArrivalsAsync, cancellationToken);
        await ForEachAsync(DeleteLeftoversAsync, cancellationToken);
    }

    /// <summary>Deletes the customers' orders in small transactions, where their state on the cluster is the given one.</summary>
    public static async Task<long> DeleteOrdersAsync(
        MoveConnection connection, string[] customers, string state, CancellationToken cancellationToken)
    {
        var total = 0L;
        while (true)
        {
            var deleted = await connection.ExecuteAsync(PlacementSql.DeleteOrders, [customers, state, DeleteSize], cancellationToken);
            if (deleted == 0)
            {
                return total;
            }

            total += deleted;
        }
    }

    private async Task ForEachAsync(Func<Cluster, MoveConnection, CancellationToken, Task> step, CancellationToken cancellationToken)
    {
        foreach (var cluster in clusters.All)
        {
            await using var connection = await MoveConnection.OpenAsync(cluster, cancellationToken);
            await step(cluster, connection, cancellationToken);
        }
    }

    private async Task AdoptStraysAsync(Cluster cluster, MoveConnection connection, CancellationToken cancellationToken)
        => await ReportAsync(cluster, "customers had orders but no record; they live here now",
            await connection.ExecuteAsync(PlacementSql.AdoptStrays, [], cancellationToken));

    private async Task TakeBackAsync(Cluster cluster, MoveConnection connection, CancellationToken cancellationToken)
    {
        var last = "";
        while (await RowsAsync(connection, CustomerState.Moved, last, cancellationToken) is { Count: > 0 } page)
        {
            last = page[^1].Customer;
            foreach (var (peer, customers) in ByPeer(page))
            {
                if (clusters.Find(peer) is not { } target)
                {
                    await ReportAsync(cluster, $"customers moved to {peer}, which is not configured; they wait for it", customers.Length);
                    continue;
                }

                var known = (await StatesAsync(target, customers, cancellationToken)).Keys;
                string[] lost = [.. customers.Except(known)];
                await ReportAsync(cluster, $"customers moved to {peer}, which has lost them; they live here again",
                    await connection.ExecuteAsync(PlacementSql.TakeBack, [lost, peer], cancellationToken));
            }
        }
    }

    private async Task SettleArrivalsAsync(Cluster cluster, MoveConnection connection, CancellationToken cancellationToken)
    {
        var last = "";
        while (await RowsAsync(connection, CustomerState.Arriving, last, cancellationToken) is { Count: > 0 } page)
        {
            last = page[^1].Customer;
            foreach (var (peer, customers) in ByPeer(page))
            {
                if (clusters.Find(peer) is not { } source)
                {
                    await ReportAsync(cluster, $"customers were arriving from {peer}, which is not configured; they wait for it", customers.Length);
                    continue;
                }

                var states = await StatesAsync(source, customers, cancellationToken);
                var decisions = customers.ToLookup(customer => ArrivalDecision.From(
                    states.GetValueOrDefault(customer), cluster.Name, clusters.Home(customer).Name));
                await ReportAsync(cluster, $"customers whose move from {peer} was interrupted have arrived",
                    await connection.ExecuteAsync(PlacementSql.FinishArrivals, [decisions[Arrival.Finish].ToArray(), peer], cancellationToken));
                await AbandonAsync(cluster, connection, [.. decisions[Arrival.Abandon]], cancellationToken);
            }
        }
    }

    private async Task AbandonAsync(Cluster cluster, MoveConnection connection, string[] customers, CancellationToken cancellationToken)
    {
        await DeleteOrdersAsync(connection, customers, "arriving", cancellationToken);
        await ReportAsync(cluster, "customers no longer move here; their copies are deleted", await connection.ExecuteAsync(
            "DELETE FROM customers WHERE customer = ANY($1) AND state = 'arriving'", [customers], cancellationToken));
    }

    // Copies whose new cluster is not configured stay: until it returns, they are the only ones in reach.
    private async Task DeleteLeftoversAsync(Cluster cluster, MoveConnection connection, CancellationToken cancellationToken)
    {
        string[] peers = [.. clusters.All.Select(peer => peer.Name)];
        while (await connection.ListAsync(
            """
            SELECT customer FROM customers c WHERE state = 'moved' AND peer = ANY($1)
                AND EXISTS (SELECT FROM orders o WHERE o.customer = c.customer) LIMIT $2
            """, [peers, PageSize], cancellationToken) is { Length: > 0 } customers)
        {
            await ReportAsync(cluster, "orders that had been moved already are deleted here",
                await DeleteOrdersAsync(connection, customers, "moved", cancellationToken));
        }
    }

    private static Task<List<(string Customer, CustomerRow Row)>> RowsAsync(
        MoveConnection connection, CustomerState state, string after, CancellationToken cancellationToken)
        => connection.RowsAsync(
            "SELECT customer, state, peer, since FROM customers WHERE state = $1 AND customer > $2 ORDER BY customer LIMIT $3",
            [state == CustomerState.Moved ? "moved" : "arriving", after, PageSize], cancellationToken);

    private static async Task<Dictionary<string, CustomerRow>> StatesAsync(
        Cluster cluster, string[] customers, CancellationToken cancellationToken)
    {
        await using var connection = await MoveConnection.OpenAsync(cluster, cancellationToken);
        var rows = await connection.RowsAsync(
            "SELECT customer, state, peer, since FROM customers WHERE customer = ANY($1)", [customers], cancellationToken);
        return rows.ToDictionary(row => row.Customer, row => row.Row);
    }

    private static IEnumerable<(string Peer, string[] Customers)> ByPeer(IEnumerable<(string Customer, CustomerRow Row)> page)
        => page.GroupBy(row => row.Row.Peer!, (peer, rows) => (peer, rows.Select(row => row.Customer).ToArray()));

    private Task ReportAsync(Cluster cluster, string what, long count)
        => count == 0 ? Task.CompletedTask : output.WriteLineAsync($"{cluster.Name}: {count} {what}");
}
