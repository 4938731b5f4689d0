using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using PgAspire.SampleApi.Clusters;
using PgAspire.SampleApi.Replication;

namespace PgAspire.SampleApi.TopologyInfo;

public sealed record TopologyView(IReadOnlyList<ClusterView> Clusters);

/// <param name="Cluster">The cluster's name.</param>
/// <param name="Reachable">Whether it answered in time. If not, the rest is null.</param>
/// <param name="Version">PostgreSQL's version, such as 18.1.</param>
/// <param name="SizeBytes">The application database's size.</param>
/// <param name="Connections">Connections to the application database, of all clients.</param>
/// <param name="Instances">Its instances, where there are several.</param>
public sealed record ClusterView(
    string Cluster,
    bool Reachable,
    string? Version,
    long? SizeBytes,
    int? Connections,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<InstanceView>? Instances = null);

/// <param name="Address">Host and port.</param>
/// <param name="Reachable">Whether it answered in time.</param>
/// <param name="Role">primary or replica, as it says itself; null where it did not answer.</param>
public sealed record InstanceView(string Address, bool Reachable, string? Role);

public static class TopologyEndpoints
{
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(2);

    private const string Describe =
        """
        SELECT split_part(current_setting('server_version'), ' ', 1), pg_database_size(current_database()), numbackends
        FROM pg_stat_database WHERE datname = current_database()
        """;

    public static void MapTopology(this IEndpointRouteBuilder routes)
        => routes.MapGet("/topology", GetAsync).WithTags("Clusters").WithSummary("Each cluster: reachable, version, size, connections, and of several instances each one's role");

    private static async Task<Ok<TopologyView>> GetAsync(ClusterSet clusters, CancellationToken cancellationToken)
    {
        var instances = Task.WhenAll(clusters.All.Select(AskInstancesAsync));
        var answers = await clusters.All.AskAsync(Budget, DescribeAsync, cancellationToken);
        var views = answers.Select(answer => answer.Value ?? new ClusterView(answer.Cluster.Name, false, null, null, null));
        return TypedResults.Ok(new TopologyView([.. views.Zip(await instances, (view, list) => view with { Instances = list })]));
    }

    private static async Task<ClusterView> DescribeAsync(Cluster cluster, NpgsqlDataSource source, CancellationToken cancellationToken)
    {
        await using var command = source.CreateTagged(Describe);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new(cluster.Name, true, reader.GetString(0), reader.GetInt64(1), reader.GetInt32(2));
    }

    private static async Task<InstanceView[]?> AskInstancesAsync(Cluster cluster)
        => cluster.Replicated is { } replicated ? await Task.WhenAll(replicated.Instances.Select(AskInstanceAsync)) : null;

    private static async Task<InstanceView> AskInstanceAsync(ClusterInstance instance)
    {
        var probe = instance.ProbeAsync();
        await Task.WhenAny(probe, Task.Delay(Budget));
        var standing = probe.IsCompleted ? await probe : null;
        return new(instance.Address, standing is not null, standing is null ? null : standing.IsPrimary ? "primary" : "replica");
    }
}
