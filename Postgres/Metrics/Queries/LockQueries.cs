using static PgAspire.Postgres.Metrics.MetricDefinition;

namespace PgAspire.Postgres.Metrics.Queries;

/// <summary>Locks, and who waits for them.</summary>
internal static class LockQueries
{
    // A name can be told in the connection's own database only. Temporary tables would be a new series each.
    public static MetricQuery Held { get; } = new(
        ["relation", "mode", "lock_type", "db.namespace"],
        [Gauge("postgresql.database.locks", "{lock}", "The number of database locks")],
        """
        SELECT coalesce(c.relname, ''), l.mode, l.locktype, coalesce(d.datname, ''), count(*)
        FROM pg_locks l
        LEFT JOIN pg_database d ON d.oid = l.database
        LEFT JOIN pg_class c ON c.oid = l.relation AND d.datname = current_database() AND c.relpersistence <> 't'
        WHERE l.pid IS DISTINCT FROM pg_backend_pid()
        GROUP BY 1, 2, 3, 4 ORDER BY 5 DESC, 1, 2, 3, 4 LIMIT 50
        """) { Rows = 50 };

    public static MetricQuery Waiting { get; } = new(
        [],
        [
            Gauge("postgresql.lock.waiters", "{backend}", "Backends blocked by a lock"),
            Gauge("postgresql.lock.blockers", "{backend}", "Backends that block others"),
            Gauge("postgresql.lock.wait.longest", "s", "How long the longest of them has been blocked"),
        ],
        """
        WITH waiting AS MATERIALIZED (SELECT pid, min(waitstart) AS since FROM pg_locks WHERE NOT granted GROUP BY pid)
        SELECT count(*),
               (SELECT count(DISTINCT blocker) FROM waiting, unnest(pg_blocking_pids(waiting.pid)) AS blocker),
               greatest(extract(epoch FROM clock_timestamp() - min(since)), 0)
        FROM waiting
        """);

    public static IEnumerable<MetricQuery> All { get; } = [Held, Waiting];
}
