using PgAspire.Postgres.Failover;
using static PgAspire.Tests.Failover.Given;

namespace PgAspire.Tests.Failover;

public sealed class SuccessionTests
{
    [Fact]
    public void APrimaryThatFallsSilentIsGivenItsTime() => Next(Memory, Silent(1, 4.9), Replica(2), Replica(3)).Are();

    [Fact]
    public void APrimaryThatHangsIsEndedFirst() =>
        Next(Memory, Silent(1, 5), Replica(2), Replica(3)).Are(new FailoverStep.Fence(1, "it runs and has not answered for 5 s"));

    [Fact]
    public void APrimaryThatRecoversIsNotDisturbed() => Next(Memory, Silent(1, 60) with { IsBetween = true }, Replica(2), Replica(3)).Are();

    [Fact]
    public void WhatIsLeftOfAKilledPrimaryIsEndedAtOnce() =>
        Next(Memory, Silent(1, 0) with { IsHeadless = true }, Replica(2), Replica(3)).Are(new FailoverStep.Fence(1, "its server is gone, some of its processes are not"));

    [Fact]
    public void WithoutAQuorumOfReplicasThePrimaryStartsAgain() =>
        Next(Memory, Gone() with { GoneFor = TimeSpan.FromSeconds(2) }, Replica(2), Silent(3, 1)).Are(new FailoverStep.StartPrimary(1));

    [Fact]
    public void AReplicaThatMayYetAnswerIsWaitedFor() => Next(Memory, Gone(), Replica(2), Silent(3, 1)).Are();

    [Fact]
    public void AReplicaThatDoesNotRunIsNotWaitedFor() => Next(Memory, Gone(), Replica(2), Gone(3)).Are(new FailoverStep.StartPrimary(1));

    [Fact]
    public void AllInstancesStoppedIsAStartOfThePrimary() => Next(Memory, Gone(), Gone(2), Gone(3)).Are(new FailoverStep.StartPrimary(1));

    [Fact]
    public void WhileTheQuorumFormsOnlyThePrimaryIsCertain() =>
        Next(Memory with { FormingFrom = Lsn(100) }, Gone(), Replica(2, 99), Replica(3, 99)).Are(new FailoverStep.StartPrimary(1));

    [Fact]
    public void AQuorumFormsByWhatReplicasHaveThoughThePrimaryIsGone() =>
        Next(Memory with { FormingFrom = Lsn(100) }, Gone(), Replica(2, 99), Replica(3, 100)).Are(new FailoverStep.Remember(Memory, "enough replicas have all that was acknowledged"));

    [Fact]
    public void AQuorumThatIsNotInForceFormsByNothing() =>
        Next(Memory with { FormingFrom = ClusterMemory.NotInForce }, Gone(), Replica(2), Replica(3)).Are(new FailoverStep.StartPrimary(1));

    [Fact]
    public void WhereThePrimaryIsLostStoppedReplicasAreAskedWhatTheyHave() =>
        Next(Memory, Gone() with { HasData = false }, Gone(2), Gone(3)).Are(new FailoverStep.StartReplica(2, Anew: false), new FailoverStep.StartReplica(3, Anew: false));

    [Fact]
    public void APrimaryThatWasNeverSeenAndDoesNotStartIsToldOfAndNobodyElseIsStarted() =>
        Next(Memory with { Timeline = 0, Quorum = 0 }, Gone() with { FailedStarts = 2, LastAnswer = null }, Gone(2), Gone(3)).Are(
            new FailoverStep.Report(
                FailoverProblem.NoElectableReplica,
                "the primary 1 does not start, and nobody has seen it take writes yet: its log says why, and it is tried again; "
                + "where there are data of others that count: pgaspire promote INSTANCE --accept-loss"),
            new FailoverStep.StartPrimary(1));

    [Fact]
    public void AStartThatGoesOnIsWaitedFor() => Next(Memory, Gone() with { HasData = false }, Replica(2), Gone(3) with { IsBusy = true, GoneFor = TimeSpan.FromMinutes(1) }).Are();

    [Fact]
    public void ALostPrimaryAndTooFewReplicasAreReportedAndAreTriedAgain() =>
        Next(Memory, Gone() with { FailedStarts = 2 }, Replica(2), Gone(3) with { FailedStarts = 2 }).Are(
            new FailoverStep.Report(
                FailoverProblem.NoElectableReplica,
                "the primary 1 does not start, and no replica is certain to have every acknowledged write (3 cannot be asked and may have some that no other has): "
                + "repair one of these, or lose what a replica lacks: pgaspire promote INSTANCE --accept-loss"),
            new FailoverStep.StartPrimary(1),
            new FailoverStep.StartReplica(3, Anew: false));

    [Fact]
    public void OneThatWasToldToTakeWritesIsNeverReplaced()
    {
        var memory = Memory with { Primary = 2, Term = 2, Promoting = true };
        Next(memory, Gone(), Gone(2), Replica(3)).Are(new FailoverStep.StartPrimary(2));
        Assert.Equal(
            [typeof(FailoverStep.Report), typeof(FailoverStep.StartPrimary)],
            Next(memory, Gone(), Gone(2) with { FailedStarts = 2 }, Replica(3)).Select(step => step.GetType()));
    }
}
