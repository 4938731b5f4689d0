using PgAspire.Postgres.Diagnostics;
using PgAspire.Postgres.Diagnostics.Logs;

namespace PgAspire.Tests.Diagnostics;

public sealed class DeadlockLogTests
{
    private const string Log =
        """
        2026-11-25 19:50:00.001 UTC [10] LOG:  database system is ready to accept connections
        2026-11-25 19:50:01.002 UTC [42] app@app/shop: the till LOG:  process 42 still waiting for ShareLock on transaction 800 after 1000.1 ms
        2026-11-25 19:50:01.003 UTC [42] app@app/shop: the till ERROR:  deadlock detected
        2026-11-25 19:50:01.003 UTC [42] app@app/shop: the till DETAIL:  Process 42 waits for ShareLock on transaction 800; blocked by process 43.
        	Process 43 waits for ShareLock on transaction 801; blocked by process 42.
        	Process 42: UPDATE accounts SET owner = 'Zq'
        	WHERE id = 7
        	Process 43: UPDATE accounts SET owner = 'Process 1: x' WHERE id = 8 /*application='shop',route='PUT%20%2Faccounts',user='Zq'*/
        2026-11-25 19:50:01.003 UTC [42] app@app/shop: the till HINT:  See server log for query details.
        2026-11-25 19:50:01.003 UTC [42] app@app/shop: the till CONTEXT:  while updating tuple (0,1) in relation "accounts"
        2026-11-25 19:50:01.003 UTC [42] app@app/shop: the till STATEMENT:  UPDATE accounts SET owner = 'Zq'
        	WHERE id = 7
        pgaspire: something of the container's
        """;

    [Fact]
    public void BothSessionsAndTheirStatementsAreFoundWithoutValues() => Assert.Equal(
        [
            new(new(2026, 11, 25, 19, 50, 1, 3, DateTimeKind.Utc), "42", true, "app", "app", "shop: the till", "ShareLock on transaction 800", "43", "UPDATE accounts SET owner = ? WHERE id = ?", new(null, null, null)),
            new(new(2026, 11, 25, 19, 50, 1, 3, DateTimeKind.Utc), "43", false, "app", "app", "shop: the till", "ShareLock on transaction 801", "42", "UPDATE accounts SET owner = ? WHERE id = ?", new("shop", "PUT /accounts", null)),
        ],
        DeadlockLog.Read(Log));

    [Theory]
    [InlineData("")]
    [InlineData("\tfloating\nnothing here")]
    [InlineData("2026-11-25 19:50:01.003 UTC [42] app@app/a ERROR:  deadlock detected")]
    [InlineData("2026-11-25 19:50:01.003 UTC [42] app@app/a ERROR:  deadlock detected\n2026-11-25 19:50:01.003 UTC [43] app@app/a DETAIL:  Process 42 waits for X on y; blocked by process 43.")]
    public void ALogWithoutAWholeReportHasNone(string log) => Assert.Empty(DeadlockLog.Read(log));

    [Fact]
    public void TheLastDeadlockComesFirst()
    {
        var later = Log.Replace("19:50:01", "20:10:01", StringComparison.Ordinal);
        Assert.Equal([20, 20, 19, 19], DeadlockLog.Read($"{Log}\r\n{later}").Select(session => session.Time.Hour));
    }

    [Fact]
    public void AnEntryHasItsLinesAndItsSession()
    {
        var entries = ServerLog.Read(Log).ToList();
        Assert.Equal(["LOG", "LOG", "ERROR", "DETAIL", "HINT", "CONTEXT", "STATEMENT"], entries.Select(entry => entry.Level));
        Assert.Null(entries[0].User);
        Assert.Equal(5, entries[3].Message.Split('\n').Length);
    }

    [Fact]
    public void OneFindingADeadlockAndOneForThoseThatTheLogDoesNotTell()
    {
        var rows = Deadlocks.Diagnostic.FromLog!(Log).Append(Rows.Of(("database", "app"), ("counted", 1L))).Append(Rows.Of(("database", "other"), ("counted", 3L))).ToList();
        var findings = Deadlocks.Judge(rows).ToList();
        Assert.Equal([Severity.Warning, Severity.Info], findings.Select(finding => finding.Severity));
        Assert.Contains(
            "2 sessions waited for one another, and one was rolled back: UPDATE accounts SET owner = ? WHERE id = ? ⇄ UPDATE accounts SET owner = ? WHERE id = ?, issued by PUT /accounts of shop",
            findings[0].Meaning, StringComparison.Ordinal);
        Assert.Equal("other", findings[1].Subject);
    }
}
