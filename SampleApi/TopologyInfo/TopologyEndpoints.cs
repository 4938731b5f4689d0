using Microsoft.AspNetCore.Http.HttpResults;
using PgAspire.SampleApi.Clusters;

namespace PgAspire.SampleApi.TopologyInfo;

public sealed record TopologyView(IReadOnlyList<ClusterView> Clusters);

/// <param name="Cluster">The cluster's name.</param>
/// <param name="Reachable">Whether it answered in time. If not, the rest is null.</param>
/// <param name="Version">PostgreSQL's version, such as 18.1.</param>
/// <param name="SizeBytes">The application database's size.</param>
/// <param name="Connections">Connections to the application database, of all clients.</param>
public sealed record ClusterView(string Cluster, bool Reachable, string? Version, long? SizeBytes, int? Connections);

public static class TopologyEndpoints
{
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(2);

    private const string Describe =
        """
        SELECT split_part(current_setting('server_version'), ' ', 1), pg_database_size(current_database()), numbackends
        FROM pg_stat_database WHERE datname = current_database()
        """;

    public static void MapTopology(this IEndpointRouteBuilder routes)
        => routes.MapGet("/topology", GetAsync).WithTags("Clusters").WithSummary("Each cluster: reachable, version, size, connections");

    private static async Task<Ok<TopologyView>> GetAsync(ClusterSet clusters, CancellationToken cancellationToken)
    {
        var answers = await clusters.All.AskAsync(Budget, DescribeAsync, cancellationToken);
        return TypedResults.Ok(new TopologyView(
            [.. answers.Select(answer => answer.Value ?? new ClusterView(answer.Cluster.Name, false, null, null, null))]));
    }

    private static async Task<ClusterView> DescribeAsync(Cluster cluster, CancellationToken cancellationToken)
    {
        await using var command = cluster.CreateCommand(Describe);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new(cluster.Name, true, reader.GetString(0), reader.GetInt64(1), reader.GetInt32(2));
    }
}
