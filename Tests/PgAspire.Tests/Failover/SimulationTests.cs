using System.Globalization;
using CsCheck;
using PgAspire.Tests.Failover.Simulation;

namespace PgAspire.Tests.Failover;

/// <summary>
/// The decisions against a simulated cluster with faults of every kind. Environment variable <c>PGASPIRE_SOAK_SECONDS</c>: for how long,
/// rather than for a few thousand histories.
/// </summary>
public sealed class SimulationTests(ITestOutputHelper output)
{
    private const int Histories = 4000;

    [Fact]
    public void NoHistoryLosesAnAcknowledgedWriteOrHasTwoPrimariesOrStaysBroken()
    {
        var seconds = int.Parse(Environment.GetEnvironmentVariable("PGASPIRE_SOAK_SECONDS") ?? "-1", CultureInfo.InvariantCulture);
        var outcomes = new Outcomes();
        Simulation.Histories.Any.Sample(history => outcomes.Add(HistoryRun.Run(history)), iter: Histories, time: seconds, threads: 2);
        output.WriteLine(outcomes.ToString());
        Assert.True(outcomes.Elections > outcomes.Histories / 4, $"the faults change too little: {outcomes}");
        Assert.True(outcomes.Told < outcomes.Histories / 5, $"too many need a person: {outcomes}");
    }

    [Fact]
    public void AHistoryHappensTheSameEveryTime() =>
        Simulation.Histories.Any.Sample(history => HistoryRun.Run(history) == HistoryRun.Run(history), iter: 50);

    public static TheoryData<string, object> Found { get; } = new()
    {
        {
            "an old primary that is started again goes on with replicas that still follow it",
            new History(3, 1, 7, [
                new(150, Moment.Any, FaultKind.Crash, 0, 1),
                new(151, Moment.Promoted, FaultKind.KillSupervisor, 0, 40),
                new(151, Moment.Promoted, FaultKind.StartByStranger, 1, 1)])
        },
        {
            "a primary that crashed while it started twice is not given up",
            new History(2, 0, 687376, [
                new(309, Moment.Any, FaultKind.PowerCut, 4, 60),
                new(320, Moment.PrimaryStarted, FaultKind.Crash, 0, 1),
                new(390, Moment.Any, FaultKind.Crash, 0, 1)])
        },
        {
            "a switchover while the other replica is copied anew ends",
            new History(3, 1, 95051708, [
                new(90, Moment.Any, FaultKind.CutFromPeers, 0, 67),
                new(317, Moment.Any, FaultKind.Lag, 2, 48),
                new(323, Moment.Any, FaultKind.Switchover, 5, 4),
                new(329, Moment.Any, FaultKind.Crash, 1, 46),
                new(330, Moment.Any, FaultKind.LoseData, 4, 33)])
        },
        {
            "a quorum of a switchover forms of those that followed the next primary already",
            new History(5, 2, 438979744, [
                new(280, Moment.Any, FaultKind.Hang, 0, 31),
                new(281, Moment.Remembered, FaultKind.Crash, 2, 9),
                new(288, Moment.Any, FaultKind.Lag, 1, 53),
                new(294, Moment.Any, FaultKind.LoseData, 3, 26),
                new(300, Moment.Any, FaultKind.Switchover, 4, 19)])
        },
        {
            "the primary is lost, and no replica runs",
            new History(3, 1, 11, [
                new(200, Moment.Any, FaultKind.LoseData, 0, 1),
                new(200, Moment.Any, FaultKind.PowerCut, 0, 10)])
        },
    };

    [Theory]
    [MemberData(nameof(Found))]
    public void WhatWasFoundOnceEndsWell(string what, object history)
    {
        Assert.NotEmpty(what);
        Assert.True(HistoryRun.Run((History)history).IsWhole);
    }

    private sealed class Outcomes
    {
        private readonly Lock _lock = new();
        private long _acknowledged;
        private long _lost;

        public long Histories { get; private set; }

        public long Elections { get; private set; }

        public long Told { get; private set; }

        public void Add(Outcome outcome)
        {
            lock (_lock)
            {
                (Histories, Elections, Told) = (Histories + 1, Elections + outcome.Terms - 1, Told + (outcome.IsWhole ? 0 : 1));
                (_acknowledged, _lost) = (_acknowledged + outcome.Acknowledged, _lost + outcome.Lost);
            }
        }

        public override string ToString() =>
            $"{Histories} histories, {Elections} changes of the primary, {_acknowledged} acknowledged writes, {_lost} of them lost by asynchronous clusters, {Told} ended with a problem told";
    }
}
