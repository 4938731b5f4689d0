using PgAspire.Postgres.Failover;
using static PgAspire.Tests.Failover.Given;

namespace PgAspire.Tests.Failover;

public sealed class AsynchronousTests
{
    private static readonly FailoverStep Elected =
        new FailoverStep.Remember(Asynchronous with { Primary = 3, Term = 2, Promoting = true }, "the primary does not start; commits wait for no replica, and this one has the most");

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void ThePrimaryIsStartedFirst(int failed) =>
        Next(Asynchronous, Gone() with { FailedStarts = failed }, Replica(2), Replica(3)).Are(new FailoverStep.StartPrimary(1));

    [Fact]
    public void WhereItDoesNotStartTheOneWithTheMostIsElected() =>
        Next(Asynchronous, Gone() with { FailedStarts = 2 }, Replica(2, 98), Replica(3, 99)).Are(Elected);

    [Fact]
    public void WhereItsDataAreGoneItIsNotStarted() => Next(Asynchronous, Gone() with { HasData = false }, Replica(2, 98), Replica(3, 99)).Are(Elected);

    [Fact]
    public void OneWithMoreThatMayYetAnswerIsWaitedFor() =>
        Next(Asynchronous, Gone() with { FailedStarts = 2 }, Replica(2, 98), Replica(3, 50, settled: false)).Are();

    [Fact]
    public void OneTooFarBehindIsNotPromotedSilently() =>
        Next(Asynchronous, Gone() with { FailedStarts = 2, LastAnswer = Primary(flushed: 20_000_000).Answer }, Replica(2, 98), Replica(3, 1000)).Are(
            TooFarBehind("19999000 bytes"), new FailoverStep.StartPrimary(1));

    [Fact]
    public void NorIsOneWhereNobodyKnows() =>
        Next(Asynchronous, Gone() with { FailedStarts = 2, LastAnswer = null }, Replica(2, 98), Replica(3, 1000)).Are(
            TooFarBehind("nobody knows how much"), new FailoverStep.StartPrimary(1));

    private static FailoverStep TooFarBehind(string amount) => new FailoverStep.Report(
        FailoverProblem.TooFarBehind,
        $"the primary 1 does not start, and the newest replica 3 lacks {amount} of its WAL: repair the primary, or lose that: pgaspire promote 3 --accept-loss");
}
