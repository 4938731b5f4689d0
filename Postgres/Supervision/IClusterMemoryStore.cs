using PgAspire.Postgres.Failover;

namespace PgAspire.Postgres.Supervision;

/// <summary>Where what must outlive the supervisor is kept.</summary>
public interface IClusterMemoryStore
{
    /// <summary>What is remembered of a cluster; null where nothing is.</summary>
    ClusterMemory? Read(string cluster);

    /// <summary>Replaces it, whole and on disk when this returns.</summary>
    void Write(string cluster, ClusterMemory memory);
}
