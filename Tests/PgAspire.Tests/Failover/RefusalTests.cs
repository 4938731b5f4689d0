using PgAspire.Postgres.Failover;
using static PgAspire.Tests.Failover.Given;

namespace PgAspire.Tests.Failover;

/// <summary>Passwords or roles were changed behind our back: whoever refuses the supervisor is alive.</summary>
public sealed class RefusalTests
{
    [Fact]
    public void APrimaryThatRefusesIsToldAndNeverEnded() => Next(Memory, Refusing(1, 600), Replica(2), Replica(3)).Are(Refused(1));

    [Fact]
    public void NorIsAnyOfAClusterThatRefusesAsAWhole() => Next(Memory, Refusing(1, 600), Refusing(2, 600), Refusing(3, 600)).Are(Refused(1));

    [Fact]
    public void WhileSomethingIsBeingDoneToItNothingIsSaid() => Next(Memory, Refusing(1, 600) with { IsBusy = true }, Replica(2), Replica(3)).Are();

    [Fact]
    public void OneThatRefusesIsNeitherElectedNorWaitedFor() => Next(Memory, Gone(), Replica(2), Refusing(3, 1)).Are(new FailoverStep.StartPrimary(1));

    [Fact]
    public void WhereTheOthersAreEnoughOneOfThemIsElected()
    {
        var memory = Memory with { Quorum = 2 };
        Next(memory, Gone(), Replica(2), Refusing(3, 1)).Are(new FailoverStep.Remember(
            memory with { Primary = 2, Term = 2, Promoting = true }, "enough replicas follow it to be certain that it has every acknowledged write"));
    }

    [Fact]
    public void BeforeAnotherOneTakesWritesItIsEndedSinceItMayBeTheOldPrimary() =>
        Next(Memory with { Primary = 2, Term = 2, Promoting = true }, Refusing(1, 0), Replica(2), Replica(3)).Are(
            new FailoverStep.Fence(1, "another instance is about to take writes"));
}
