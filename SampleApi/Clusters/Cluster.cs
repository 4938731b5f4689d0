using Npgsql;
using PgAspire.SampleApi.Replication;

namespace PgAspire.SampleApi.Clusters;

/// <summary>
/// One primary and its replicas, as the application sees them: a name, and a way to each. A cluster of one instance is
/// its data source and nothing else.
/// </summary>
public sealed class Cluster
{
    private readonly NpgsqlDataSource? _only;

    public Cluster(string name, NpgsqlDataSource dataSource) => (Name, _only) = (name, dataSource);

    internal Cluster(string name, ReplicatedCluster replicated) => (Name, Replicated) = (name, replicated);

    public string Name { get; }

    /// <summary>What a cluster of several instances has beyond its primary; null where there is one instance.</summary>
    internal ReplicatedCluster? Replicated { get; }

    /// <summary>Works on the primary.</summary>
    /// <exception cref="NpgsqlException">The primary fails, does not answer, is no primary any more, or there is none.</exception>
    public Task<T> OnPrimaryAsync<T>(Func<NpgsqlDataSource, Task<T>> work)
        => _only is not null ? work(_only) : Replicated!.OnPrimaryAsync(work);

    /// <summary>Opens a connection to the primary, for work of more than one statement.</summary>
    public async Task<NpgsqlConnection> OpenPrimaryAsync(CancellationToken cancellationToken)
        => await (_only ?? await Replicated!.PrimaryAsync()).OpenConnectionAsync(cancellationToken);

    public override string ToString() => Name;
}
