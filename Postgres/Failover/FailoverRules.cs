namespace PgAspire.Postgres.Failover;

/// <summary>How patient the supervisor is.</summary>
public sealed record FailoverRules
{
    /// <summary>How long a running primary may give no answer before it counts as hung and is ended. Default 5 seconds.</summary>
    public TimeSpan UnresponsiveAfter { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The same of a replica: three times as long.</summary>
    public TimeSpan ReplicaUnresponsiveAfter => 3 * UnresponsiveAfter;

    /// <summary>How long an election waits for replicas that may yet answer before the old primary is started again instead. Default 2 seconds.</summary>
    public TimeSpan ElectionPatience { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a replica may fail to stream from a healthy primary before its data are made to fit again. Default 10 seconds.</summary>
    public TimeSpan StalledAfter { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a replica may recover before it is stopped and made to fit again. Default 5 minutes.</summary>
    public TimeSpan RecoveryPatience { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How many replicas a commit is declared to wait for; 0 for none.</summary>
    public int Quorum { get; init; }

    /// <summary>How often the start of an instance may fail before it counts as lost: a primary is replaced, a replica copied anew. Default 2.</summary>
    public int StartTries { get; init; } = 2;

    /// <summary>
    /// How much WAL in bytes an asynchronous replica may lack of what the primary was last known to have and still be promoted
    /// without being asked for. Default 16 MiB.
    /// </summary>
    public ulong LargestLag { get; init; } = 16 * 1024 * 1024;
}
