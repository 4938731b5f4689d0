using CsCheck;

namespace PgAspire.Tests.Failover.Simulation;

/// <summary>Random histories. Faults come in bursts: what one alone does not break, several at a time may.</summary>
internal static class Histories
{
    private static readonly Gen<FaultKind> Kinds = Gen.Frequency(
        (4, Gen.Const(FaultKind.Crash)), (2, Gen.Const(FaultKind.Lag)), (2, Gen.Const(FaultKind.LoseData)), (12, Gen.Enum<FaultKind>()));

    private static readonly Gen<Fault> Faults = Gen.Select(
        Gen.Int[0, 25],
        Gen.Frequency((2, Gen.Const(Moment.Any)), (3, Gen.Enum<Moment>())),
        Kinds,
        Gen.Frequency((2, Gen.Const(0)), (1, Gen.Const(1)), (3, Gen.Int[2, 6])),
        Gen.Int[1, 80],
        (at, when, kind, target, length) => new Fault(at, when, kind, target, length));

    private static readonly Gen<Fault[]> Bursts = Gen.Select(
        Gen.Int[40, HistoryRun.Faulty - 30], Faults.Array[1, 6], (at, faults) => Array.ConvertAll(faults, fault => fault with { At = at + fault.At }));

    public static Gen<History> Any { get; } = Gen.Select(
        Gen.Int[2, 5], Gen.Frequency((1, Gen.Const(0)), (4, Gen.Int[1, 2])), Gen.Int[0, 1 << 30], Bursts.Array[1, 4],
        (instances, quorum, seed, bursts) => new History(instances, Math.Min(quorum, instances - 1), seed, [.. bursts.SelectMany(burst => burst)]));
}
