namespace PgAspire.Tests.Failover.Simulation;

/// <summary>What goes wrong, or is asked for.</summary>
internal enum FaultKind
{
    Crash,
    Hang,
    LoseData,
    FailToStart,
    StartSlowly,
    StartByStranger,
    StartAllByStranger,
    HideFromSupervisor,
    CutFromPeers,
    CutFromClients,
    Lag,
    PowerCut,
    KillSupervisor,
    Switchover,
    Redeclare,
    AddInstance,
}

/// <summary>What a fault waits for, so that the narrowest moments are hit often.</summary>
internal enum Moment
{
    Any,
    Elected,
    ToldToPromote,
    Promoted,
    Remembered,
    Fenced,
    ShutDown,
    QuorumSet,
    Repointed,
    CopyBegun,
    Rewound,
    PrimaryStarted,
}

/// <summary>One fault.</summary>
/// <param name="At">The earliest tick at which it happens.</param>
/// <param name="When">It happens at the first such moment from then on.</param>
/// <param name="Target">0 for the remembered primary, 1 for the one before, otherwise one of the instances.</param>
/// <param name="Length">For how many ticks, or how often, or how much.</param>
internal sealed record Fault(int At, Moment When, FaultKind Kind, int Target, int Length);

/// <summary>Everything that a run of the simulation depends on.</summary>
internal sealed record History(int Instances, int Quorum, int Seed, IReadOnlyList<Fault> Faults)
{
    public override string ToString() =>
        $"new History({Instances}, {Quorum}, {Seed},\n[\n{string.Concat(Faults.Select(fault => $"    new({fault.At}, Moment.{fault.When}, FaultKind.{fault.Kind}, {fault.Target}, {fault.Length}),\n"))}])";
}
