using PgAspire.Postgres.Drills;

namespace PgAspire.Tests.Postgres.Drills;

public sealed class LedgerVerdictTests
{
    [Fact]
    public void EveryAcknowledgedNumberMustBeThereOnce()
    {
        var verdict = LedgerVerdict.Of(acknowledged: [5, 1, 2, 3], ambiguous: [4, 6], present: [1, 3, 3, 4]);
        Assert.Equal((4, 2, 1), (verdict.Acknowledged, verdict.Ambiguous, verdict.AmbiguousArrived));
        Assert.Equal([2, 5], verdict.Lost);
        Assert.Equal([3], verdict.Doubled);
    }

    [Fact]
    public void ABrokenOffWriteThatDidNotHappenIsNotLost() => Assert.Empty(LedgerVerdict.Of([1], [2], [1]).Lost);

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void ALossBreaksAPromiseOnlyWhereItWasGiven(bool isSynchronous, bool isPassed)
    {
        var report = new DrillReport(DrillFault.Kill, "pg1", "pg1-1", DateTimeOffset.UnixEpoch, isSynchronous)
        {
            Writes = LedgerVerdict.Of([1], [], []), WholeAfter = 1, PrimaryBefore = "pg1-1",
        };
        Assert.Equal(isPassed, report.IsPassed);
        Assert.False((report with { WholeAfter = null }).IsPassed);
        Assert.False((report with { Writes = LedgerVerdict.Of([1], [], [1, 1]) }).IsPassed);
    }
}
