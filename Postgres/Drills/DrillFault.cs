namespace PgAspire.Postgres.Drills;

/// <summary>What a drill does to an instance.</summary>
public enum DrillFault
{
    /// <summary>Its server is killed, as by a crash or by the kernel for want of memory.</summary>
    Kill,

    /// <summary>All its processes stand still and hold what they have, as on a machine that hangs.</summary>
    Pause,

    /// <summary>It is shut down cleanly and started again by somebody who tells the supervisor nothing.</summary>
    Restart,

    /// <summary>Nobody reaches it and it reaches nobody, while its processes go on.</summary>
    Partition,

    /// <summary>Its part as the primary is handed to a replica: no fault, and the same is measured.</summary>
    Switchover,
}
