using Microsoft.AspNetCore.Http.HttpResults;
using PgAspire.SampleApi.Clusters;

namespace PgAspire.SampleApi.Stats;

/// <param name="Customers">Customers that live on a cluster that answered.</param>
/// <param name="Orders">Their orders, each counted once even while it is being moved.</param>
/// <param name="Clusters">The same for every cluster that answered.</param>
/// <param name="Unanswered">The clusters that did not answer in time: their numbers are missing above.</param>
public sealed record TopologyStats(long Customers, long Orders, IReadOnlyList<ClusterStats> Clusters, IReadOnlyList<string> Unanswered);

public sealed record ClusterStats(string Cluster, long Customers, long Orders);

public static class StatsEndpoints
{
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(2);

    private const string Count =
        """
        SELECT (SELECT count(*) FROM customers WHERE state = 'here'),
               (SELECT count(*) FROM orders o
                WHERE NOT EXISTS (SELECT FROM customers c WHERE c.customer = o.customer AND c.state <> 'here'))
        """;

    public static void MapStats(this IEndpointRouteBuilder routes)
        => routes.MapGet("/stats", GetAsync).WithTags("Clusters").WithSummary("Customers and orders, of all clusters together and of each")
            .WithDescription("A cluster that does not answer within 2 s is named in `unanswered`.");

    private static async Task<Ok<TopologyStats>> GetAsync(ClusterSet clusters, CancellationToken cancellationToken)
    {
        var answers = await clusters.All.AskAsync(Budget, CountAsync, cancellationToken);
        ClusterStats[] stats = [.. answers.Select(answer => answer.Value).OfType<ClusterStats>()];
        return TypedResults.Ok(new TopologyStats(
            stats.Sum(cluster => cluster.Customers),
            stats.Sum(cluster => cluster.Orders),
            stats,
            [.. answers.Where(answer => !answer.Answered).Select(answer => answer.Cluster.Name)]));
    }

    private static async Task<ClusterStats> CountAsync(Cluster cluster, CancellationToken cancellationToken)
    {
        await using var command = cluster.CreateCommand(Count);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new(cluster.Name, reader.GetInt64(0), reader.GetInt64(1));
    }
}
