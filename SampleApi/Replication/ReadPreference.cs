using PgAspire.SampleApi.Clusters;

namespace PgAspire.SampleApi.Replication;

/// <summary>Which instance may answer a read.</summary>
/// <param name="MayBeReplica">Whether a replica may.</param>
/// <param name="Written">What a replica must have replayed first.</param>
public sealed record ReadPreference(bool MayBeReplica, ConsistencyToken Written)
{
    public const string Strong = "strong";
    public const string Eventual = "eventual";

    /// <summary>Takes <c>?consistency=</c> and the header <c>Consistency-Token</c>, both checked before.</summary>
    public static ReadPreference From(string? consistency, string? token)
        => new(consistency == Eventual, ConsistencyToken.TryParse(token, out var written) ? written : ConsistencyToken.None);

    /// <summary>Asks a replica, where that is wanted and the cluster has one.</summary>
    /// <returns>Null where there is no answer, or none that counts: then the primary is to be asked.</returns>
    internal Task<T?> OnReplicaAsync<T>(Cluster cluster, Func<Npgsql.NpgsqlDataSource, WalPosition?, Task<T?>> work) where T : class
        => MayBeReplica && cluster.Replicated is { } replicated
            ? replicated.OnReplicaAsync(source => work(source, Written[cluster.Name]))
            : Task.FromResult<T?>(null);
}
