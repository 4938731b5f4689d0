using Aspire.Hosting.ApplicationModel;
using PgAspire.Postgres.Topology;

namespace PgAspire.Hosting.Resources;

/// <summary>
/// One PostgreSQL server of a cluster. It is Aspire's own server resource, so that whatever works with that works with it;
/// its connection string is the superuser's.
/// </summary>
/// <param name="cluster">The cluster.</param>
/// <param name="ordinal">Its number within the cluster, from 1 on.</param>
public sealed class PostgresInstanceResource(PostgresClusterResource cluster, int ordinal)
    : PostgresServerResource($"{cluster.Name}-{ordinal}", userName: null, cluster.Secrets.Superuser)
{
    /// <summary>The cluster that it is part of.</summary>
    public PostgresClusterResource Cluster { get; } = cluster;

    /// <summary>The port that the server listens on in its container.</summary>
    internal const int TargetPort = 5432;

    /// <summary>The instance as the library below knows it; its port is the engine's business.</summary>
    internal Instance ToInstance() => new(Cluster.Name, Ordinal, Name, null);

    /// <summary>Its number within the cluster, from 1 on.</summary>
    public int Ordinal { get; } = ordinal;
}
