using PgAspire.Postgres.Failover;
using static PgAspire.Tests.Failover.Given;

namespace PgAspire.Tests.Failover;

public sealed class PromotionTests
{
    private static readonly ClusterMemory Elected = Memory with { Primary = 2, Term = 2, Promoting = true };

    [Fact]
    public void TheElectedOneIsPromoted() => Next(Elected, Gone(), Replica(2), Replica(3)).Are(new FailoverStep.Promote(2));

    [Fact]
    public void ItIsNotDisturbedWhileItIsBeingPromoted() => Next(Elected, Gone(), Replica(2) with { IsBusy = true }, Replica(3)).Are();

    [Fact]
    public void WhateverMayBeTheOldPrimaryIsEndedBefore() =>
        Next(Elected, Silent(1, 0), Replica(2), Replica(3)).Are(new FailoverStep.Fence(1, "another instance is about to take writes"));

    [Fact]
    public void CommitsWaitForTheQuorumFromTheFirstOneOn() => Next(Elected, Gone(), Replica(2, synchronous: ""), Replica(3)).Are(new FailoverStep.SetQuorum(2));

    [Fact]
    public void APrimaryThatComesUpAsAReplicaIsATermOfItsOwn() =>
        Next(Memory, Replica(1), Replica(2), Replica(3)).Are(new FailoverStep.Remember(Memory with { Term = 2, Promoting = true }, "the primary of this term came up as a replica"));

    [Fact]
    public void OnceItTakesWritesTheQuorumFormsFromThere() =>
        Next(Elected, Gone(), Primary(2, 110, timeline: 2), Replica(3)).Are(
            new FailoverStep.Remember(Elected with { Promoting = false, Timeline = 2, FormingFrom = Lsn(110) }, "it takes writes"));

    [Fact]
    public void UnlessItDoesNotKeepToItYet() =>
        Next(Elected, Gone(), Primary(2, 110, timeline: 2, synchronous: ""), Replica(3)).Are(
            new FailoverStep.Remember(Elected with { Promoting = false, Timeline = 2, FormingFrom = ClusterMemory.NotInForce }, "it takes writes"));

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void NobodyElseTakesWrites(int stranger) =>
        Next(Elected, Gone(stranger == 1 ? 3 : 1), Replica(2), Primary(stranger)).Are(new FailoverStep.Fence(stranger, "it takes writes and is not the primary of this term"));
}
