namespace PgAspire.Postgres.Failover;

/// <summary>One thing for the supervisor to do. Each may be repeated after it was interrupted at any point.</summary>
public abstract record FailoverStep
{
    private FailoverStep()
    {
    }

    /// <summary>Write this to disk; nothing else is done before it is there.</summary>
    public sealed record Remember(ClusterMemory Memory, string Why) : FailoverStep;

    /// <summary>End every process of the instance, at once, and return only when it is certain that none is left.</summary>
    public sealed record Fence(int Ordinal, string Why) : FailoverStep;

    /// <summary>
    /// Start the primary of this term on its data as they are: those of a replica stay a replica's until it is promoted, which
    /// gives them a timeline of their own.
    /// </summary>
    public sealed record StartPrimary(int Ordinal) : FailoverStep;

    /// <summary>Have a replica take writes.</summary>
    public sealed record Promote(int Ordinal) : FailoverStep;

    /// <summary>
    /// Start a stopped instance as a replica of the primary: on its data where they fit, rewound where they have diverged, or
    /// (<paramref name="Anew"/>, or no data) copied from the primary. Also asked for while the primary is gone, never with
    /// <paramref name="Anew"/>, so that a replica can be asked what it has.
    /// </summary>
    public sealed record StartReplica(int Ordinal, bool Anew) : FailoverStep;

    /// <summary>
    /// Have a running replica follow another instance, and return when it takes no WAL from anybody else any more: it survives a
    /// restart. Before an election that is the replica which is about to be elected, and the old primary can have nothing acknowledged again.
    /// </summary>
    public sealed record Repoint(int Ordinal, int Upstream) : FailoverStep;

    /// <summary>Make the instance's slots those of exactly these replicas.</summary>
    public sealed record SetSlots(int Ordinal, IReadOnlySet<int> Replicas) : FailoverStep;

    /// <summary>Shut the instance down cleanly, which sends all WAL to the replicas that stream.</summary>
    public sealed record Shutdown(int Ordinal, string Why) : FailoverStep;

    /// <summary>
    /// Have the instance's commits wait for what is remembered (on a replica: once it is promoted), and return when that is in force.
    /// </summary>
    public sealed record SetQuorum(int Ordinal) : FailoverStep;

    /// <summary>Nothing can be done safely: tell a person what is the matter, what might be lost, and what to do.</summary>
    public sealed record Report(FailoverProblem Problem, string Message) : FailoverStep;
}

/// <summary>What keeps the supervisor from mending a cluster by itself.</summary>
public enum FailoverProblem
{
    /// <summary>Too few replicas are there to be certain which acknowledged writes they hold, and the primary does not start.</summary>
    NoElectableReplica,

    /// <summary>The only replica that could be promoted lacks more than <see cref="FailoverRules.LargestLag"/>.</summary>
    TooFarBehind,

    /// <summary>An instance does not let the supervisor in: its passwords or roles were changed behind our back.</summary>
    LoginRefused,

    /// <summary>A switchover cannot be done as asked.</summary>
    SwitchoverRefused,
}
