using PgAspire.Postgres.Failover;
using static PgAspire.Tests.Failover.Given;

namespace PgAspire.Tests.Failover;

public sealed class CandidacyTests
{
    private const string Why = "enough replicas follow it to be certain that it has every acknowledged write";

    [Fact]
    public void TheVotersFollowTheOneWithTheMostBeforeItIsElected() =>
        Next(Memory, Gone(), Replica(2, 98), Replica(3, 99)).Are(new FailoverStep.Repoint(2, 3), new FailoverStep.SetSlots(3, new HashSet<int> { 2 }));

    [Fact]
    public void TheOneThatEnoughFollowIsElected() =>
        Next(Memory, Gone(), Replica(2, 98, upstream: 3), Replica(3, 99, slots: 2)).Are(new FailoverStep.Remember(Memory with { Primary = 3, Term = 2, Promoting = true }, Why));

    [Fact]
    public void WhatArrivesLateMakesAnotherOneTheBest() =>
        Next(Memory, Gone(), Replica(2, 100, upstream: 3), Replica(3, 99, slots: 2)).Are(new FailoverStep.Repoint(3, 2), new FailoverStep.SetSlots(2, new HashSet<int> { 3 }));

    [Fact]
    public void AmongEqualsTheLowestNumberIsElected() =>
        Next(Memory, Gone(), Replica(2, slots: 3), Replica(3)).Are(new FailoverStep.Repoint(3, 2));

    [Fact]
    public void AmongEqualsTheWantedOneIsElected() =>
        Next(Memory with { SwitchoverTo = 3 }, Gone(), Replica(2), Replica(3, slots: 2)).Are(new FailoverStep.Repoint(2, 3));

    [Fact]
    public void OneThatIsBeingRepointedIsWaitedFor() => Next(Memory, Gone(), Replica(2, slots: 3), Replica(3) with { IsBusy = true }).Are();

    [Fact]
    public void TwoInstancesNeedNoOtherToFollow() =>
        FailoverDecision.Next(Memory with { Voters = [1, 2] }, [Gone(), Replica(2)], Rules).Are(
            new FailoverStep.Remember(Memory with { Voters = [1, 2], Primary = 2, Term = 2, Promoting = true }, Why));

    [Fact]
    public void AQuorumOfTwoNeedsOneLess()
    {
        var memory = Memory with { Quorum = 2 };
        Next(memory, Gone(), Replica(2), Gone(3)).Are(new FailoverStep.Remember(memory with { Primary = 2, Term = 2, Promoting = true }, Why));
    }

    [Fact]
    public void AnEvenSplitElectsNobodyAndStartsTheOldPrimaryAgain()
    {
        // The two that can be asked may both lack what the primary and the third one, on the other side, acknowledged.
        const string Quorum = "any 1 of 1,2,3,4";
        var memory = Memory with { Voters = [1, 2, 3, 4] };
        InstanceObservation[] half = [Replica(3, synchronous: Quorum), Replica(4, synchronous: Quorum)];
        Next(memory, [Gone(), Silent(2, 1), .. half]).Are();
        Next(memory, [Gone() with { GoneFor = TimeSpan.FromSeconds(3) }, Silent(2, 1), .. half]).Are(new FailoverStep.StartPrimary(1));
        Assert.Contains(
            "(2 cannot be asked and may have some that no other has)",
            Next(memory, [Gone() with { FailedStarts = 2 }, Gone(2) with { FailedStarts = 2 }, .. half]).OfType<FailoverStep.Report>().Single().Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void OneThatIsNoVoterIsNotCounted() =>
        Next(Memory, Gone(), Gone(2), Replica(3), Replica(4, 120, upstream: 3)).Are(new FailoverStep.StartPrimary(1));

    public static TheoryData<string, InstanceObservation> NotCounted { get; } = new()
    {
        { "what it has on disk is not yet known", Replica(3, settled: false) },
        { "its WAL is of another timeline", Replica(3, timeline: 2) },
        { "it spoke when the primary was still there", Replica(3) with { AnswerAge = TimeSpan.FromSeconds(4) } },
        { "it says nothing", Silent(3, 1) },
        { "it is recovering", Silent(3, 1) with { IsBetween = true } },
    };

    [Theory]
    [MemberData(nameof(NotCounted))]
    public void OnlyWhatIsCertainIsCounted(string why, InstanceObservation other)
    {
        Assert.NotEmpty(why);
        Next(Memory, Gone() with { GoneFor = TimeSpan.FromSeconds(3) }, Replica(2), other).Are(new FailoverStep.StartPrimary(1));
    }
}
