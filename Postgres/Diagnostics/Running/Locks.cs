using PgAspire.Postgres.Diagnostics.Statements;

namespace PgAspire.Postgres.Diagnostics.Running;

/// <summary>Locks that keep others out, and those that are waited for.</summary>
internal static class Locks
{
    private const double LongSeconds = 30;

    public static Diagnostic Diagnostic { get; } = new("locks", "Locks that are waited for or that keep others out, by session")
    {
        Columns =
        [
            new("pid"), new("database"), new("user"), StatementTags.ApplicationColumn, new("kind"), new("object"), new("mode"), new("granted", Unit.Flag),
            new("waits_seconds", Unit.Seconds), new("transaction_seconds", Unit.Seconds), new("statement", Unit.Statement), .. StatementTags.RequestColumns,
        ],
        Sql = _ =>
            """
            SELECT l.pid::text AS pid, coalesce(d.datname, a.datname)::text AS database, a.usename::text AS "user", a.application_name AS application, l.locktype AS kind,
                coalesce(n.nspname || '.' || c.relname, l.relation::text, l.transactionid::text, l.virtualxid, l.classid || '/' || l.objid) AS object,
                l.mode, l.granted, extract(epoch FROM clock_timestamp() - l.waitstart)::float8 AS waits_seconds,
                extract(epoch FROM clock_timestamp() - a.xact_start)::float8 AS transaction_seconds, a.query AS statement
            FROM pg_locks l
            LEFT JOIN pg_stat_activity a ON a.pid = l.pid
            LEFT JOIN pg_database d ON d.oid = nullif(l.database, 0)
            LEFT JOIN pg_class c ON c.oid = l.relation AND (d.datname IS NULL OR d.datname = current_database())
            LEFT JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE l.pid IS DISTINCT FROM pg_backend_pid() AND a.backend_type IS DISTINCT FROM 'walsender'
                AND (NOT l.granted OR l.locktype = 'advisory'
                    OR l.locktype = 'relation' AND l.mode NOT IN ('AccessShareLock', 'RowShareLock', 'RowExclusiveLock', 'SIReadLock'))
            ORDER BY l.granted, l.waitstart NULLS LAST, a.xact_start NULLS LAST
            LIMIT 200
            """,
        Judge = Diagnostic.Each(Judge),
    };

    internal static Finding? Judge(Row row) =>
        !row.Is("granted") || row.Text("mode") != "AccessExclusiveLock" || row.Text("kind") != "relation" || row.Number("transaction_seconds") < LongSeconds
            ? null
            : new(
                Severity.Warning,
                row.Text("object"),
                $"is closed to everybody else, readers too, by process {row.Text("pid")} for up to {Readable.Seconds(row.Number("transaction_seconds"))}{StatementTags.IssuedBy(row)}",
                "a change of a table's form is best a transaction of its own, and short; set lock_timeout before it",
                $"SELECT pg_cancel_backend({row.Text("pid")})", $"SELECT pg_terminate_backend({row.Text("pid")})");
}
