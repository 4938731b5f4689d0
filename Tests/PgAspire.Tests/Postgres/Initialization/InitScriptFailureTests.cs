using CsCheck;
using PgAspire.Postgres.Initialization;

namespace PgAspire.Tests.Postgres.Initialization;

public sealed class InitScriptFailureTests
{
    [Theory]
    [InlineData(
        "1.sql", "psql:1.sql:7: ERROR:  syntax error at or near \"TABL\"\nLINE 1: CREATE TABL\n               ^\n", 3,
        "init script 1.sql, line 7: ERROR:  syntax error at or near \"TABL\"")]
    [InlineData(
        "1.sql", "psql:1.sql:2: NOTICE:  table \"x\" does not exist, skipping\npsql:1.sql:9: ERROR:  division by zero\n", 3,
        "init script 1.sql, line 9: ERROR:  division by zero")]
    [InlineData(
        "a:b.sql", "psql:a:b.sql:4: ERROR:  division by zero\n", 3,
        "init script a:b.sql, line 4: ERROR:  division by zero")]
    [InlineData(
        "1.sql", "psql:more/tables.sql:4: ERROR:  division by zero\n", 3,
        "init script 1.sql (more/tables.sql), line 4: ERROR:  division by zero")]
    [InlineData(
        "1.sql", "psql:1.sql:3: error: \\connect: connection to server at \"127.0.0.1\", port 1 failed: FATAL:  database \"x\" does not exist\n", 3,
        "init script 1.sql, line 3: error: \\connect: connection to server at \"127.0.0.1\", port 1 failed: FATAL:  database \"x\" does not exist")]
    [InlineData(
        "1.sql", "psql:1.sql:2: server closed the connection unexpectedly\n\tThis probably means the server terminated abnormally\n\tbefore or while processing the request.\n", 2,
        "init script 1.sql, line 2: server closed the connection unexpectedly")]
    [InlineData("1.sql", "psql:1.sql:5: \\if: no matching \\endif\n", 3, "init script 1.sql, line 5: \\if: no matching \\endif")]
    [InlineData("1.sql.gz", "psql:<stdin>:12: ERROR:  relation \"t\" already exists\n", 3, "init script 1.sql.gz, line 12: ERROR:  relation \"t\" already exists")]
    [InlineData("1.sh", "./1.sh: line 3: nosuchcommand: command not found\npgaspire-init-failed:3\n", 127, "init script 1.sh, line 3: ./1.sh: line 3: nosuchcommand: command not found")]
    [InlineData("1.sh", "pgaspire-init-failed:5\n", 1, "init script 1.sh, line 5: exit code 1")]
    [InlineData("1.sh", "psql:<stdin>:2: ERROR:  no\npgaspire-init-failed:8\n", 3, "init script 1.sh, line 8: ERROR:  no")]
    [InlineData("1.sh", "psql:<stdin>:2: ERROR:  no\n", 3, "init script 1.sh (<stdin>), line 2: ERROR:  no")]
    [InlineData("1.sh", "./1.sh: line 3: syntax error near unexpected token `then'\n", 2, "init script 1.sh, line 3: ./1.sh: line 3: syntax error near unexpected token `then'")]
    [InlineData("1.sh", "./other.sh: line 3: no: command not found\n", 127, "init script 1.sh: ./other.sh: line 3: no: command not found")]
    [InlineData("1.sh", "cannot\n", 4, "init script 1.sh: cannot")]
    [InlineData("1.sh", "", 137, "init script 1.sh: exit code 137")]
    public void ItSaysScriptLineAndReason(string script, string error, int exitCode, string expected) =>
        Assert.Equal(expected, InitScriptFailure.Parse(script, error, exitCode).ToString());

    [Fact]
    public void WindowsLineEndsDoNotMatter() =>
        Assert.Equal(new InitScriptFailure("1.sql", 2, "ERROR:  no"), InitScriptFailure.Parse("1.sql", "psql:1.sql:2: ERROR:  no\r\nLINE 1: x\r\n", 3));

    [Fact]
    public void WhateverWasWrittenItIsAFailureOfTheScript() => Gen.Select(Gen.String, Gen.Int).Sample((error, exitCode) =>
        InitScriptFailure.Parse("1.sql", error, exitCode) is { Script: "1.sql", Reason.Length: > 0 });

    [Fact]
    public void ALineNumberThatIsNoneIsNotTaken() => Assert.Equal("init script 1.sh: pgaspire-init-failed:99999999999", InitScriptFailure.Parse("1.sh", "pgaspire-init-failed:99999999999", 1).ToString());
}
