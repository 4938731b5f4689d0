using PgAspire.Postgres.Diagnostics.Statements;

namespace PgAspire.Postgres.Diagnostics.Running;

/// <summary>Who waits for whom.</summary>
internal static class Blocking
{
    private const double LongSeconds = 10;
    private const double VeryLongSeconds = 300;

    public static Diagnostic Diagnostic { get; } = new("blocking", "Sessions that wait for a lock, below those that hold it")
    {
        Columns =
        [
            new("session"), new("blocked_by"), new("waiting", Unit.Count), new("database"), new("user"), StatementTags.ApplicationColumn, new("state"),
            new("waits_seconds", Unit.Seconds), new("lock"), new("transaction_seconds", Unit.Seconds), new("statement", Unit.Statement), .. StatementTags.RequestColumns,
        ],
        Sql = _ => Sql,
        Arrange = BlockingTree.Arrange,
        Judge = Diagnostic.Each(Judge),
    };

    // pg_blocking_pids takes every lock partition: it is asked of sessions that wait and of no other.
    private const string Sql =
        """
        WITH waiting AS MATERIALIZED (
            SELECT DISTINCT ON (l.pid) l.pid, l.mode || ' on ' || coalesce(n.nspname || '.' || c.relname, l.locktype) AS lock, l.waitstart
            FROM pg_locks l
            LEFT JOIN pg_class c ON c.oid = l.relation AND l.database IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
            LEFT JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE NOT l.granted AND l.pid IS NOT NULL
        ), blocked AS MATERIALIZED (
            SELECT w.*, (SELECT array_agg(DISTINCT b.pid::text) FROM unnest(pg_blocking_pids(w.pid)) AS b(pid)) AS blockers
            FROM waiting w
        ), involved AS (
            SELECT pid::text FROM blocked WHERE blockers IS NOT NULL UNION SELECT unnest(blockers) FROM blocked
        )
        SELECT i.pid AS session, b.blockers AS blocked_by, NULL::bigint AS waiting, a.datname::text AS database, a.usename::text AS "user",
            a.application_name AS application, a.state, extract(epoch FROM clock_timestamp() - b.waitstart)::float8 AS waits_seconds, b.lock,
            extract(epoch FROM clock_timestamp() - a.xact_start)::float8 AS transaction_seconds, a.query AS statement
        FROM involved i
        LEFT JOIN blocked b ON b.pid::text = i.pid
        LEFT JOIN pg_stat_activity a ON a.pid::text = i.pid
        ORDER BY b.waitstart NULLS FIRST, i.pid
        """;

    /// <summary>One finding a root of the tree: the sessions below it end their wait with it.</summary>
    internal static Finding? Judge(Row row)
    {
        if (row.Whole("waiting") == 0 || row["blocked_by"] is not null)
        {
            return null;
        }

        if (row.Text("session") == BlockingTree.Prepared)
        {
            return new(Severity.Critical, "a prepared transaction", $"blocks {Sessions(row)}, and no session will end it by itself",
                "commit it or roll it back: inspect prepared-transactions names it", "SELECT gid, prepared, owner, database FROM pg_prepared_xacts ORDER BY prepared");
        }

        var longest = row.Number("waits_seconds");
        return new(
            longest >= VeryLongSeconds ? Severity.Critical : longest >= LongSeconds ? Severity.Warning : Severity.Info,
            $"{row.Text("user")} of {Running.Application(row)}, process {row.Text("session")}",
            $"blocks {Sessions(row)}, the longest for {Readable.Seconds(longest)}; it is {row.Text("state")}, its transaction open for {Readable.Seconds(row.Number("transaction_seconds"))}{StatementTags.IssuedBy(row)}",
            "have it commit, or end it; lock_timeout keeps others from waiting without end",
            $"SELECT pg_cancel_backend({row.Text("session")})", $"SELECT pg_terminate_backend({row.Text("session")})");
    }

    private static string Sessions(Row row) => row.Whole("waiting") == 1 ? "one session" : $"{Readable.Count(row.Number("waiting"))} sessions";
}
