using Npgsql;
using PgAspire.SampleApi.Clusters;

namespace PgAspire.SampleApi.Placement;

/// <summary>Finds the cluster that a customer lives on, by asking all of them. For the few requests that miss at home.</summary>
public sealed class CustomerLocator(ClusterSet clusters)
{
    private const int Attempts = 5;
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(5);

    /// <returns>The cluster, or null where every cluster answered and none knows the customer.</returns>
    /// <exception cref="ClusterUnavailableException">It cannot be told: a cluster that matters does not answer.</exception>
    public async Task<Cluster?> LocateAsync(string customer, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> unresolved = [];
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var answers = await clusters.All.AskAsync(Budget, (cluster, token) => ReadAsync(cluster, customer, token), cancellationToken);
            switch (PlacementDecision.From(clusters.Home(customer), answers!))
            {
                case PlacementDecision.LivesAt decision:
                    return decision.Cluster;
                case PlacementDecision.Unknown:
                    return null;
                case PlacementDecision.Unreachable decision:
                    throw ClusterUnavailableException.For(decision.Clusters);
                case PlacementDecision.FinishArrival decision:
                    await FinishAsync(decision, customer, cancellationToken);
                    break;
                case PlacementDecision.Unresolved decision:
                    // A move under way can look like this, since the clusters are not read at one instant.
                    unresolved = decision.Clusters;
                    break;
            }
        }

        throw new ClusterUnavailableException(unresolved,
            $"The customer is recorded as living on {string.Join(", ", unresolved)}, which is not configured or has lost its data. "
            + "Add it to the topology again, or run the rebalance.");
    }

    /// <summary>Makes a new customer live on the cluster, unless the cluster knows the customer by now.</summary>
    public static async Task AddAsync(Cluster cluster, string customer, CancellationToken cancellationToken)
    {
        await using var command = cluster.CreateCommand(
            "INSERT INTO customers (customer) VALUES ($1) ON CONFLICT DO NOTHING");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = customer });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task<CustomerRow?> ReadAsync(Cluster cluster, string customer, CancellationToken cancellationToken)
    {
        await using var command = cluster.CreateCommand(
            "SELECT state, peer, since FROM customers WHERE customer = $1");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = customer });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? CustomerRow.Read(reader, 0) : null;
    }

    // The source is read again after the arrival was seen, and the arrival must still be the same one when it is
    // finished: so the source's word is about this arrival and not about an earlier one.
    private static async Task FinishAsync(PlacementDecision.FinishArrival arrival, string customer, CancellationToken cancellationToken)
    {
        var source = await ReadAsync(arrival.Source, customer, cancellationToken);
        if (source?.State != CustomerState.Moved || source.Peer != arrival.Target.Name)
        {
            return;
        }

        await using var command = arrival.Target.CreateCommand(
            """
            UPDATE customers SET state = 'here', peer = NULL, since = clock_timestamp()
            WHERE customer = $1 AND state = 'arriving' AND peer = $2 AND since = $3
            """);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = customer });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = arrival.Source.Name });
        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = arrival.Since });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
