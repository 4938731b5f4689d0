using System.Diagnostics;
using Npgsql;
using PgAspire.SampleApi.Clusters;

namespace PgAspire.SampleApi.Rebalance;

/// <summary>One rebalance at a time: an advisory lock on every cluster, which ends with the connection that holds it.</summary>
internal sealed class RebalanceLock : IAsyncDisposable
{
    private const long Key = 0x7067_6173_7069_7265;

    // A killed rebalance's server process can outlive it for a moment.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly List<NpgsqlConnection> _connections = [];

    private RebalanceLock()
    {
    }

    /// <exception cref="RebalanceException">A cluster does not answer, or another rebalance is running.</exception>
    public static async Task<RebalanceLock> TakeAsync(ClusterSet clusters, CancellationToken cancellationToken)
    {
        var result = new RebalanceLock();
        try
        {
            // Always in the same order, so that of two rebalances one gets them all.
            foreach (var cluster in clusters.All)
            {
                await result.TakeAsync(cluster, cancellationToken);
            }

            return result;
        }
        catch
        {
            await result.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var connection in _connections)
        {
            // Back in the pool, the session would live on and hold the lock.
            NpgsqlConnection.ClearPool(connection);
            await connection.DisposeAsync();
        }
    }

    private async Task TakeAsync(Cluster cluster, CancellationToken cancellationToken)
    {
        try
        {
            var connection = await cluster.OpenPrimaryAsync(cancellationToken);
            _connections.Add(connection);
            await using var command = new NpgsqlCommand("SELECT pg_try_advisory_lock($1)", connection);
            command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = Key });
            var watch = Stopwatch.StartNew();
            while (await command.ExecuteScalarAsync(cancellationToken) is not true)
            {
                if (watch.Elapsed > Patience)
                {
                    throw new RebalanceException($"another rebalance is running (it holds the lock on {cluster.Name}).");
                }

                await Task.Delay(Pause, cancellationToken);
            }
        }
        catch (Exception exception) when (ClusterUnavailableException.IsCause(exception))
        {
            throw new RebalanceException(
                $"{cluster.Name} does not answer. Every cluster is needed, to be certain of where a customer lives; nothing was moved.",
                exception);
        }
    }
}
