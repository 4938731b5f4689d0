using PgAspire.Postgres.Containers;

namespace PgAspire.Tests.Postgres.Containers;

public sealed class ContainerLogTests
{
    [Fact]
    public void AFailedScriptIsNamedWithItsLine() => Assert.Equal(
        "init script 002_bad.sql, line 3: ERROR:  function nope() does not exist",
        ContainerLog.FailureIn(
        [
            "2026-11-23T18:46:48.700Z pgaspire: running init script 001.sql",
            "2026-11-23T18:46:48.710Z pgaspire [001.sql] psql:001.sql:9: NOTICE:  table exists",
            "2026-11-23T18:46:48.720Z pgaspire [002_bad.sql] psql:002_bad.sql:3: ERROR:  function nope() does not exist",
            "2026-11-23T18:46:48.721Z pgaspire [002_bad.sql] LINE 1: SELECT nope();",
            "2026-11-23T18:46:48.730Z pgaspire: init script 002_bad.sql failed with exit code 3",
            "2026-11-23T18:46:48.740Z 2026-11-23 18:46:48.758 UTC [1] LOG:  received fast shutdown request",
        ]));

    [Fact]
    public void AFailedShellScriptIsNamedWithItsLine() => Assert.Equal(
        "init script 003.sh, line 2: ls: cannot access '/nope': No such file or directory",
        ContainerLog.FailureIn(
        [
            "pgaspire [003.sh] ls: cannot access '/nope': No such file or directory",
            "pgaspire [003.sh] pgaspire-init-failed:2",
            "pgaspire: init script 003.sh failed with exit code 2",
        ]));

    [Theory]
    [InlineData("pgaspire: refused: the data are of PostgreSQL 17, the image is PostgreSQL 18", "the data are of PostgreSQL 17, the image is PostgreSQL 18")]
    [InlineData("2026-11-23 18:46:48.758 UTC [1] FATAL:  could not map anonymous shared memory", "could not map anonymous shared memory")]
    [InlineData("2026-11-23 18:46:48.758 UTC [1] LOG:  all is well", null)]
    public void ARefusalIsFound(string line, string? reason) => Assert.Equal(reason, ContainerLog.FailureIn([line]));
}
