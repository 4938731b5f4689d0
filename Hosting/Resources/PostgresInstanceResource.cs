using Aspire.Hosting.ApplicationModel;

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

    /// <summary>Its number within the cluster, from 1 on.</summary>
    public int Ordinal { get; } = ordinal;
}
