using PgAspire.Postgres.Failover;
using static PgAspire.Tests.Failover.Given;

namespace PgAspire.Tests.Failover;

public sealed class QuorumTests
{
    private const string Declared = "commits wait for what is declared now";
    private static readonly InstanceObservation[] Three = [Primary(), Replica(2), Replica(3)];

    [Fact]
    public void AWholeClusterIsLeftAlone() => Next(Memory, Three).Are();

    [Fact]
    public void ATimelineIsRememberedWhenItIsSeen() =>
        Next(Memory with { Timeline = 0 }, Three).Are(new FailoverStep.Remember(Memory, "its timeline was seen"));

    [Fact]
    public void AQuorumIsRememberedBeforeItIsSet() =>
        FailoverDecision.Next(Memory, Three, Rules with { Quorum = 2 }).Are(
            new FailoverStep.Remember(Memory with { Quorum = 2, FormingFrom = ClusterMemory.NotInForce }, Declared));

    [Fact]
    public void ItIsNotRaisedBeforeThereAreReplicasToWaitFor() =>
        FailoverDecision.Next(Asynchronous, [Primary(synchronous: ""), Replica(2, streams: false, synchronous: ""), Gone(3)], Rules).Are(new FailoverStep.StartReplica(3, Anew: false));

    [Fact]
    public void ItIsSetWhereItIsNotWhatIsRemembered()
    {
        var memory = Memory with { Quorum = 2, FormingFrom = ClusterMemory.NotInForce };
        Next(memory, Three).Are(new FailoverStep.SetQuorum(1), new FailoverStep.SetQuorum(2), new FailoverStep.SetQuorum(3));
    }

    [Fact]
    public void ItFormsFromWhereItIsInForce() =>
        Next(Memory with { FormingFrom = ClusterMemory.NotInForce }, Three).Are(new FailoverStep.Remember(Memory with { FormingFrom = Lsn(100) }, "commits wait for their quorum"));

    [Fact]
    public void ItHasFormedWhereEnoughVotersHaveEverything() =>
        Next(Memory with { FormingFrom = Lsn(100) }, Primary(), Replica(2, 99), Replica(3)).Are(new FailoverStep.Remember(Memory, "enough replicas have all that was acknowledged"));

    [Fact]
    public void OneThatFollowsAnotherTimelineDoesNotHaveIt() => Next(Memory with { FormingFrom = Lsn(100) }, Primary(), Replica(2, timeline: 2), Replica(3, 99)).Are();

    [Fact]
    public void LoweringItToNoneIsDoneAtOnce() =>
        FailoverDecision.Next(Memory, Three, Rules with { Quorum = 0 }).Are(new FailoverStep.Remember(Memory with { Quorum = 0 }, Declared));

    [Fact]
    public void AnAddedInstanceVotesOnceItIsSetAsSuch() =>
        FailoverDecision.Next(Memory, [.. Three, new(4)], Rules).Are(
            new FailoverStep.Remember(Memory with { Voters = [1, 2, 3, 4], FormingFrom = ClusterMemory.NotInForce }, Declared));

    [Fact]
    public void OneThatWasRemovedVotesUntilTheQuorumFormsWithoutIt()
    {
        var memory = Memory with { Voters = [1, 2, 3, 4] };
        FailoverDecision.Next(memory, [Gone(), Replica(2), Replica(3)], Rules).Are(new FailoverStep.StartPrimary(1));
        FailoverDecision.Next(memory, Three, Rules).Are(new FailoverStep.Remember(Memory with { FormingFrom = Lsn(100) }, Declared));
    }

    [Fact]
    public void TheSettingOfAMemoryNamesQuorumAndVoters()
    {
        Assert.Equal(["any 1 of 1,2,3", "any 2 of 1,2,3", ""], new[] { 1, 2, 0 }.Select(quorum => (Memory with { Quorum = quorum, Voters = [3, 1, 2] }).Synchronous));
        Assert.Equal(
            [true, false, false, false],
            new[] { Memory, Memory with { Promoting = true }, Memory with { FormingFrom = Lsn(1) }, Asynchronous }.Select(memory => memory.IsFormed));
    }
}
