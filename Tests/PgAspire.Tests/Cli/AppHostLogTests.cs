using PgAspire.Cli.Aspire;

namespace PgAspire.Tests.Cli;

public sealed class AppHostLogTests
{
    [Fact]
    public void TheInnermostExceptionIsTheReason() => Assert.Equal(
        "pg1: its primary is pg1-2, which is no longer declared.",
        AppHostLog.ReasonOf(
        [
            "warn: Something[0]",
            "Unhandled exception. System.AggregateException: One or more errors occurred. (pg1: its primary …)",
            " ---> Aspire.Hosting.DistributedApplicationException: pg1: its primary is pg1-2, which is no longer declared.",
            "   at Some.Method()",
            "   --- End of inner exception stack trace ---",
        ]));

    [Fact]
    public void AnExceptionOfItsOwnIsTheReasonToo() => Assert.Equal(
        "topology.json is missing: /a/b",
        AppHostLog.ReasonOf(["info: Begin", "Unhandled exception. System.IO.FileNotFoundException: topology.json is missing: /a/b", "   at Some.Method()"]));

    [Fact]
    public void OfADeathWithoutAWordTheEndIsShown() => Assert.Equal(
        string.Join(Environment.NewLine, Enumerable.Range(3, 8)), AppHostLog.ReasonOf(Enumerable.Range(1, 10).Select(number => $"{number}")));

    [Fact]
    public void AnEmptyLogHasNoReason() => Assert.Equal("", AppHostLog.ReasonOf([]));
}
