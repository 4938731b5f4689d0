using System.Data;
using Npgsql;
using PgAspire.SampleApi.Clusters;

namespace PgAspire.SampleApi.Rebalance;

/// <summary>
/// Moves a batch of customers from one cluster to another. The source decides: until it commits <c>moved</c>, it takes
/// the orders and what the target has is a mere copy; from then on the target is complete. Each step can be repeated,
/// and whoever finds a half-done move (a request, the next rebalance) knows from the two rows how to go on.
/// </summary>
internal sealed class CustomerMove(Cluster source, Cluster target, IReadOnlyList<string> customers)
{
    private const int FenceAttempts = 20;

    private const string TableIsBusy =
        """
        SELECT EXISTS (SELECT FROM pg_locks WHERE relation = 'orders'::regclass AND granted AND mode = 'ShareUpdateExclusiveLock')
        """;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Overlap = TimeSpan.FromMinutes(1);

    public async Task RunAsync(MoveTally tally, CancellationToken cancellationToken)
    {
        await using var from = await MoveConnection.OpenAsync(source, cancellationToken);
        await using var to = await MoveConnection.OpenAsync(target, cancellationToken);
        string[] batch = [.. customers];

        await to.ExecuteAsync(PlacementSql.BeginArrivals, [batch, source.Name], cancellationToken);

        // The bulk goes over while the source still takes orders; what comes meanwhile is the rest under the fence.
        var start = await from.ScalarAsync<DateTime>("SELECT clock_timestamp()", cancellationToken);
        var copy = new OrderCopy(from, to);
        await copy.RunAsync(batch, OrderCopy.Ever, cancellationToken);
        var moved = await HandOverAsync(from, to, batch, start - Overlap, cancellationToken);

        await to.ExecuteAsync(PlacementSql.FinishArrivals, [moved, source.Name], cancellationToken);
        tally.Orders += await PlacementRepair.DeleteOrdersAsync(from, moved, "moved", cancellationToken);
        tally.Customers += moved.Length;
    }

    private async Task<string[]> HandOverAsync(
        MoveConnection from, MoveConnection to, string[] batch, DateTime since, CancellationToken cancellationToken)
    {
        await using var transaction = await BeginFencedAsync(from, cancellationToken);
        var living = await from.ListAsync(
            "SELECT customer FROM customers WHERE customer = ANY($1) AND state = 'here' FOR UPDATE", [batch], cancellationToken);
        var copy = new OrderCopy(from, to);
        await copy.RunAsync(living, since, cancellationToken);
        // A clock that was set back, or an order with a time of its own, would have been missed by the time alone.
        var incomplete = await copy.DifferingAsync(living, cancellationToken);
        await copy.RunAsync(incomplete, OrderCopy.Ever, cancellationToken);

        await from.ExecuteAsync(PlacementSql.HandOver, [living, target.Name], cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return living;
    }

    /// <summary>Begins a transaction on the source in which nobody else inserts orders; readers are not concerned.</summary>
    private async Task<NpgsqlTransaction> BeginFencedAsync(MoveConnection from, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            // Waiting for the lock holds up every insert behind it, so a vacuum is waited for outside, and for a while only:
            // an automatic one then gives way to the lock within a second.
            if (attempt < FenceAttempts / 2 && await from.ScalarAsync<bool>(TableIsBusy, cancellationToken))
            {
                await Task.Delay(Pause, cancellationToken);
                continue;
            }

            var transaction = await from.Connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken);
            try
            {
                await from.ExecuteAsync("SET LOCAL lock_timeout = '2s'", [], cancellationToken);
                // A rebalance that is suspended in here must not hold up the cluster's inserts.
                await from.ExecuteAsync("SET LOCAL idle_in_transaction_session_timeout = '5s'", [], cancellationToken);
                await from.ExecuteAsync("LOCK TABLE orders IN SHARE MODE", [], cancellationToken);
                return transaction;
            }
            catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.LockNotAvailable)
            {
                await transaction.DisposeAsync();
                if (attempt >= FenceAttempts)
                {
                    throw new RebalanceException(
                        $"a transaction on {source.Name} that writes to orders, or a vacuum of it, holds up the move. Run it again later.",
                        exception);
                }

                await Task.Delay(Pause, cancellationToken);
            }
        }
    }
}
