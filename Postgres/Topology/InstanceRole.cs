namespace PgAspire.Postgres.Topology;

/// <summary>An instance's role in its cluster. Npgsql calls a replica <c>Standby</c>.</summary>
public enum InstanceRole
{
    /// <summary>Takes writes.</summary>
    Primary,

    /// <summary>Follows the primary, read-only.</summary>
    Replica,
}
