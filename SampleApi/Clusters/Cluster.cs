using Npgsql;

namespace PgAspire.SampleApi.Clusters;

/// <summary>One primary and its replicas, as the application sees them: a name and a source of connections.</summary>
public sealed record Cluster(string Name, NpgsqlDataSource DataSource)
{
    public override string ToString() => Name;
}
