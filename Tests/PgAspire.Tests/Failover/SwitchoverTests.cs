using PgAspire.Postgres.Failover;
using static PgAspire.Tests.Failover.Given;

namespace PgAspire.Tests.Failover;

public sealed class SwitchoverTests
{
    private static readonly ClusterMemory Asked = Memory with { SwitchoverTo = 3 };
    private static readonly ClusterMemory AskedOfAsynchronous = Asynchronous with { SwitchoverTo = 3 };

    [Fact]
    public void TheOthersFollowTheNextPrimaryWhileTheOldOneStillTakesWrites() =>
        Next(Asked, Primary(), Replica(2), Replica(3)).Are(new FailoverStep.Repoint(2, 3), new FailoverStep.SetSlots(3, Others(3)));

    [Fact]
    public void ThePrimaryIsShutDownThenWhichSendsEverything() =>
        Next(Asked, Primary(), Replica(2, upstream: 3), Replica(3, slots: [1, 2])).Are(new FailoverStep.Shutdown(1, "switchover to 3"));

    [Fact]
    public void NotWhileOneIsStillBeingRepointed() =>
        Next(Asked, Primary(), Replica(2) with { IsBusy = true }, Replica(3, slots: [1, 2])).Are();

    [Fact]
    public void AReplicaThatIsBeingCopiedIsNotWaitedFor()
    {
        InstanceObservation[] observed = [Primary(), Gone(2) with { IsBusy = true }, Replica(3)];
        var fewer = Asked with { Voters = [1, 3], FormingFrom = ClusterMemory.NotInForce };
        Next(Asked, observed).Are(new FailoverStep.Remember(fewer, "commits wait for replicas that can be asked"));
        Next(fewer, observed).Are(new FailoverStep.SetQuorum(1));
        observed[0] = Primary(synchronous: "any 1 of 1,3");
        Next(fewer with { FormingFrom = null }, observed).Are(new FailoverStep.SetSlots(3, Others(3)));
        observed[2] = Replica(3, slots: [1, 2]);
        Next(fewer with { FormingFrom = null }, observed).Are(new FailoverStep.Shutdown(1, "switchover to 3"));
        Next(fewer with { FormingFrom = null }, Gone(), Gone(2), Replica(3, slots: [1, 2])).Are(new FailoverStep.Remember(
            fewer with { FormingFrom = null, Primary = 3, Term = 2, Promoting = true, SwitchoverTo = null },
            "enough replicas follow it to be certain that it has every acknowledged write"));
    }

    [Fact]
    public void WhoFollowsTheNextPrimaryAlreadyIsCalledBackWhereAQuorumFormsAnew()
    {
        var fewer = Asked with { Quorum = 2, FormingFrom = Lsn(50) };
        Next(fewer, Primary(synchronous: fewer.Synchronous), Replica(2, upstream: 3), Replica(3, slots: [1, 2])).Are(new FailoverStep.Repoint(2, 1));
    }

    [Fact]
    public void NotWhereTooFewAreLeftForCommitsToEnd()
    {
        var four = Asked with { Quorum = 2, Voters = [1, 2, 3, 4] };
        var primary = Primary(synchronous: four.Synchronous);
        Next(four, primary with { Answer = primary.Answer! with { Slots = Others(1, instances: 4) } }, Gone(2) with { IsBusy = true }, Replica(3, synchronous: four.Synchronous), Gone(4) with { IsBusy = true }).Are(
            new FailoverStep.Report(FailoverProblem.SwitchoverRefused, "no switchover to 3: commits wait for 2 replicas, and fewer stream"),
            new FailoverStep.Remember(four with { SwitchoverTo = null }, "the switchover is refused"));
    }

    [Fact]
    public void AsManyAsCommitsWaitForStayWithTheOldPrimary() =>
        Next(Asked with { Quorum = 2 }, Primary(synchronous: "any 2 of 1,2,3"), Replica(2, synchronous: "any 2 of 1,2,3"), Replica(3, synchronous: "any 2 of 1,2,3", slots: [1, 2])).Are(
            new FailoverStep.Shutdown(1, "switchover to 3"));

    [Fact]
    public void AfterARefusalTheOthersFollowTheOldPrimaryAgain() =>
        Next(Memory, Primary(), Replica(2, upstream: 3), Replica(3, slots: [1, 2])).Are(
            new FailoverStep.Repoint(2, 1), new FailoverStep.SetSlots(3, new HashSet<int>()));

    [Fact]
    public void NotBeforeTheQuorumHasFormed() => Next(Asked with { FormingFrom = Lsn(101) }, Primary(), Replica(2), Replica(3)).Are();

    [Fact]
    public void TheWantedOneIsElectedThen() =>
        Next(Asked, Gone(), Replica(2, upstream: 3), Replica(3, slots: 2)).Are(
            new FailoverStep.Remember(
                Memory with { Primary = 3, Term = 2, Promoting = true }, "enough replicas follow it to be certain that it has every acknowledged write"));

    public static TheoryData<int, InstanceObservation, string> Refusals { get; } = new()
    {
        { 4, Replica(3), "there is no such replica" },
        { 1, Replica(3), "there is no such replica" },
        { 3, Silent(3, 5), "it does not answer as a replica" },
        { 3, Silent(3, 0) with { IsBetween = true, BetweenFor = Rules.UnresponsiveAfter }, "it does not answer as a replica" },
        { 3, Refusing(3, 0), "it does not answer as a replica" },
        { 3, Replica(3, streams: false) with { StalledFor = Rules.UnresponsiveAfter }, "it does not stream from the primary" },
        { 3, Replica(3, timeline: 2), "it does not stream from the primary" },
        { 3, Replica(3, flushed: 100), "it is too far behind" },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public void WhatCannotBeDoneIsRefused(int target, InstanceObservation replica, string reason) =>
        Next(Memory with { SwitchoverTo = target }, Primary(flushed: reason.Contains("far", StringComparison.Ordinal) ? 20_000_000UL : 100), Replica(2), replica).Are(
            new FailoverStep.Report(FailoverProblem.SwitchoverRefused, $"no switchover to {target}: {reason}"), new FailoverStep.Remember(Memory, "the switchover is refused"));

    public static TheoryData<InstanceObservation> Passing { get; } =
    [
        Silent(3, 4.9),
        Silent(3, 0) with { IsBetween = true, BetweenFor = TimeSpan.FromSeconds(4.9) },
        Replica(3, streams: false) with { StalledFor = TimeSpan.FromSeconds(4.9) },
    ];

    [Theory]
    [MemberData(nameof(Passing))]
    public void WhatPassesInAMomentIsWaitedFor(InstanceObservation replica) => Next(Asked, Primary(), Replica(2), replica).Are();

    [Fact]
    public void AnAsynchronousClusterWaitsForTheNextPrimaryFirst()
    {
        InstanceObservation[] observed = [Primary(synchronous: ""), Replica(2, synchronous: ""), Replica(3, synchronous: "")];
        var waiting = AskedOfAsynchronous with { Quorum = 1, Voters = [1, 3], FormingFrom = ClusterMemory.NotInForce };
        var rules = Rules with { Quorum = 0 };
        FailoverDecision.Next(AskedOfAsynchronous, observed, rules).Are(new FailoverStep.Remember(waiting, "commits wait for the replica that takes over"));
        FailoverDecision.Next(waiting, observed, rules).Are(new FailoverStep.SetQuorum(1));
        observed[0] = Primary(synchronous: "any 1 of 1,3");
        FailoverDecision.Next(waiting, observed, rules).Are(new FailoverStep.Remember(waiting with { FormingFrom = Lsn(100) }, "commits wait for their quorum"));
        FailoverDecision.Next(waiting with { FormingFrom = Lsn(100) }, observed, rules).Are(
            new FailoverStep.Remember(waiting with { FormingFrom = null }, "enough replicas have all that was acknowledged"));
        FailoverDecision.Next(waiting with { FormingFrom = null }, observed, rules).Are(new FailoverStep.SetSlots(3, Others(3)));
        observed[2] = Replica(3, synchronous: "", slots: [1, 2]);
        FailoverDecision.Next(waiting with { FormingFrom = null }, observed, rules).Are(new FailoverStep.Shutdown(1, "switchover to 3"));
    }

    [Fact]
    public void AfterARefusalAnAsynchronousClusterWaitsForNobodyAgain()
    {
        InstanceObservation[] observed = [Primary(synchronous: "any 1 of 1,3"), Replica(2, synchronous: ""), Gone(3)];
        var waiting = AskedOfAsynchronous with { Quorum = 1, Voters = [1, 3], FormingFrom = ClusterMemory.NotInForce };
        var rules = Rules with { Quorum = 0 };
        Assert.Contains(
            new FailoverStep.Report(FailoverProblem.SwitchoverRefused, "no switchover to 3: it does not answer as a replica"),
            FailoverDecision.Next(waiting with { FormingFrom = null }, observed, rules));
        FailoverDecision.Next(waiting with { SwitchoverTo = null }, observed, rules).Are(new FailoverStep.Remember(Asynchronous, "commits wait for what is declared now"));
        FailoverDecision.Next(Asynchronous, observed, rules).Are(new FailoverStep.SetQuorum(1), new FailoverStep.StartReplica(3, Anew: false));
    }
}
