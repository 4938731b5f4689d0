using PgAspire.Postgres.Diagnostics.Statements;

namespace PgAspire.Postgres.Diagnostics.Logs;

/// <summary>Deadlocks: counted by the statistics, told by the log.</summary>
internal static class Deadlocks
{
    public static Diagnostic Diagnostic { get; } = new("deadlocks", "Deadlocks, with the statements of both sessions from the server's log")
    {
        Columns =
        [
            new("database"), new("counted", Unit.Count), new("time", Unit.Time), new("session"), new("victim", Unit.Flag), new("waited_for"),
            new("blocked_by"), new("statement", Unit.Statement), .. StatementTags.Columns,
        ],
        Sql = _ =>
            """
            SELECT d.datname::text AS database, d.deadlocks AS counted, coalesce(d.stats_reset, pg_postmaster_start_time()) AS time, NULL::text AS session, NULL::bool AS victim,
                NULL::text AS waited_for, NULL::text AS blocked_by, NULL::text AS statement
            FROM pg_stat_database d
            WHERE d.deadlocks > 0
            """,
        FromLog = text => [.. DeadlockLog.Read(text).Take(SqlParts.Most).Select(ToRow)],
        Judge = (rows, _) => Judge(rows),
    };

    private static Row ToRow(DeadlockedSession session) => new(new Dictionary<string, object?>
    {
        ["database"] = session.Database,
        ["time"] = session.Time,
        ["session"] = session.ProcessId,
        ["victim"] = session.IsVictim,
        ["waited_for"] = session.WaitedFor,
        ["blocked_by"] = session.BlockedBy,
        ["statement"] = session.Statement,
        ["application"] = session.IsVictim && session.Application is { Length: > 0 } application ? application : session.Tags.Application,
        ["route"] = session.Tags.Route,
        ["trace"] = session.Tags.Trace,
    });

    private const string ReadLog = $"./pgaspire logs {Finding.Here} --lines 100000 | grep --after-context 6 'deadlock detected'";

    private static string Counted(string database) => $"SELECT datname, deadlocks, stats_reset FROM pg_stat_database WHERE datname = {Quote.Text(database)}";

    internal static IEnumerable<Finding> Judge(IReadOnlyList<Row> rows)
    {
        var told = rows.Where(row => row["session"] is not null).GroupBy(row => (Time: row["time"], Database: row.Text("database"))).ToList();
        foreach (var deadlock in told)
        {
            var statements = deadlock.Where(row => row["statement"] is not null).Select(row => row.Text("statement") + StatementTags.IssuedBy(row)).Distinct();
            yield return new(
                Severity.Warning,
                $"{deadlock.Key.Database}, {Readable.Value(deadlock.Key.Time, Unit.Time)}",
                $"{deadlock.Count()} sessions waited for one another, and one was rolled back: {string.Join(" ⇄ ", statements)}",
                "have every transaction lock its rows in the same order (ORDER BY the key, FOR UPDATE first), and repeat one that fails with SQLSTATE 40P01",
                Counted(deadlock.Key.Database)) { Commands = [ReadLog] };
        }

        foreach (var counted in rows.Where(row => row.Whole("counted") > 0 && told.All(deadlock => deadlock.Key.Database != row.Text("database"))))
        {
            yield return new(
                Severity.Info,
                counted.Text("database"),
                $"{Readable.Count(counted.Number("counted"))} deadlocks since {Readable.Value(counted["time"], Unit.Time)}; the log that is in reach tells of none",
                "look for \"deadlock detected\" in the server's older log: its DETAIL has the statements",
                Counted(counted.Text("database"))) { Commands = [ReadLog] };
        }
    }
}
