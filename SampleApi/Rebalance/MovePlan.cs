using System.Runtime.CompilerServices;
using PgAspire.SampleApi.Clusters;

namespace PgAspire.SampleApi.Rebalance;

/// <summary>Which customers have to leave a cluster, in batches that one hand-over can take.</summary>
internal static class MovePlan
{
    private const int PageSize = 1000;
    private const int LargestBatch = 200;

    // A customer with more orders than this is a batch of its own; a batch has at most about twice as many.
    private const int OrdersPerBatch = 2000;

    private const string Page =
        """
        SELECT customer, (SELECT count(*) FROM (SELECT FROM orders o WHERE o.customer = c.customer LIMIT $3) AS part)
        FROM customers c WHERE customer > $1 AND state = 'here' ORDER BY customer LIMIT $2
        """;

    public static async IAsyncEnumerable<(Cluster Target, IReadOnlyList<string> Customers)> BatchesAsync(
        ClusterSet clusters, Cluster source, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var open = clusters.All.ToDictionary(cluster => cluster, _ => new List<string>());
        var orders = clusters.All.ToDictionary(cluster => cluster, _ => 0L);
        var last = "";
        while (await ReadPageAsync(source, last, cancellationToken) is { Count: > 0 } page)
        {
            last = page[^1].Customer;
            foreach (var (customer, count) in page)
            {
                var home = clusters.Home(customer);
                if (home == source)
                {
                    continue;
                }

                open[home].Add(customer);
                orders[home] += count;
                if (open[home].Count >= LargestBatch || orders[home] >= OrdersPerBatch)
                {
                    yield return (home, open[home]);
                    (open[home], orders[home]) = ([], 0);
                }
            }
        }

        foreach (var (home, customers) in open.Where(batch => batch.Value.Count > 0))
        {
            yield return (home, customers);
        }
    }

    private static async Task<List<(string Customer, long Orders)>> ReadPageAsync(
        Cluster source, string after, CancellationToken cancellationToken)
    {
        await using var connection = await MoveConnection.OpenAsync(source, cancellationToken);
        await using var command = connection.Command(Page, [after, PageSize, OrdersPerBatch]);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var page = new List<(string, long)>();
        while (await reader.ReadAsync(cancellationToken))
        {
            page.Add((reader.GetString(0), reader.GetInt64(1)));
        }

        return page;
    }
}
