using static PgAspire.Postgres.Metrics.MetricDefinition;

namespace PgAspire.Postgres.Metrics.Queries;

/// <summary>Statistics of every database, of the first 50 where there are more.</summary>
internal static class DatabaseQueries
{
    private const int Most = 50;
    private static readonly MetricDefinition BlockTime = Counter("postgresql.block.time", "s", "Time spent in reading and writing blocks");
    private static readonly MetricDefinition SessionTime = Counter("postgresql.session.time", "s", "Time of sessions by state");
    private static readonly MetricDefinition SessionLost = Counter("postgresql.session.lost", "{session}", "Sessions that ended badly");
    private static readonly MetricDefinition Conflicts = Counter(
        "postgresql.query.conflicts", "{query}", "Number of queries canceled due to conflicts with recovery on this database");

    public static MetricQuery Statistics { get; } = new(
        ["db.namespace"],
        [
            Counter("postgresql.commits", "1", "The number of commits"),
            Counter("postgresql.rollbacks", "1", "The number of rollbacks"),
            Counter("postgresql.deadlocks", "{deadlock}", "The number of deadlocks"),
            Counter("postgresql.blks_hit", "{blks_hit}", "Number of times disk blocks were found already in the buffer cache"),
            Counter("postgresql.blks_read", "{blks_read}", "Number of disk blocks read in this database"),
            Counter("postgresql.tup_returned", "{tup_returned}", "Number of rows returned by queries in the database"),
            Counter("postgresql.tup_fetched", "{tup_fetched}", "Number of rows fetched by queries in the database"),
            Counter("postgresql.tup_inserted", "{tup_inserted}", "Number of rows inserted by queries in the database"),
            Counter("postgresql.tup_updated", "{tup_updated}", "Number of rows updated by queries in the database"),
            Counter("postgresql.tup_deleted", "{tup_deleted}", "Number of rows deleted by queries in the database"),
            Counter("postgresql.temp_files", "{temp_file}", "The number of temp files"),
            Counter("postgresql.temp.io", "By", "Total amount of data written to temporary files by queries"),
            Counter("postgresql.checksum.failures", "{failure}", "Damaged pages found"),
            BlockTime.With(("operation", "read")), BlockTime.With(("operation", "write")),
            Counter("postgresql.session.count", "{session}", "Sessions begun"),
            SessionLost.With(("reason", "abandoned")), SessionLost.With(("reason", "fatal")), SessionLost.With(("reason", "killed")),
            SessionTime.With(("postgresql.state", "active")), SessionTime.With(("postgresql.state", "idle in transaction")),
        ],
        $"""
        SELECT s.datname, xact_commit, xact_rollback, deadlocks, blks_hit, blks_read, tup_returned, tup_fetched, tup_inserted, tup_updated,
               tup_deleted, temp_files, temp_bytes, coalesce(checksum_failures, 0), blk_read_time / 1000, blk_write_time / 1000,
               sessions, sessions_abandoned, sessions_fatal, sessions_killed, active_time / 1000, idle_in_transaction_time / 1000
        FROM pg_stat_database s JOIN pg_database d ON d.oid = s.datid WHERE NOT d.datistemplate ORDER BY s.datid LIMIT {Most}
        """) { Rows = Most };

    public static MetricQuery RecoveryConflicts { get; } = new(
        ["db.namespace"],
        [.. new[] { "tablespace", "lock", "snapshot", "bufferpin", "deadlock" }.Select(type => Conflicts.With(("postgresql.conflict.type", type)))],
        $"""
        SELECT c.datname, confl_tablespace, confl_lock, confl_snapshot, confl_bufferpin, confl_deadlock
        FROM pg_stat_database_conflicts c JOIN pg_database d ON d.oid = c.datid
        WHERE NOT d.datistemplate AND pg_is_in_recovery() ORDER BY c.datid LIMIT {Most}
        """) { Rows = Most };

    // Templates too: the oldest database of all decides when the server stops taking writes.
    public static MetricQuery Age { get; } = new(
        ["db.namespace"],
        [
            Gauge("postgresql.database.xid.age", "{transaction}", "Transactions since the oldest unfrozen one"),
            Gauge("postgresql.database.multixact.age", "{multixact}", "Multixacts since the oldest one that is needed"),
        ],
        $"SELECT datname, age(datfrozenxid), mxid_age(datminmxid) FROM pg_database ORDER BY age(datfrozenxid) DESC, oid LIMIT {Most}") { Rows = Most };

    public static MetricQuery Size { get; } = new(
        ["db.namespace"],
        [UpDownCounter("postgresql.db_size", "By", "The database disk usage")],
        $"SELECT datname, pg_database_size(oid) FROM pg_database WHERE NOT datistemplate ORDER BY oid LIMIT {Most}") { IsSlow = true, Rows = Most };

    public static MetricQuery Statements { get; } = new(
        ["db.namespace"],
        [
            Counter("postgresql.query.execution.time", "s", "The total execution time of SQL statements tracked by pg_stat_statements"),
            Counter("postgresql.query.calls", "{call}", "Executed statements tracked by pg_stat_statements"),
        ],
        features => features.StatementsSchema is { } schema
            ? $"""
            SELECT d.datname, sum(s.total_exec_time) / 1000, sum(s.calls)
            FROM {schema}.pg_stat_statements(false) s JOIN pg_database d ON d.oid = s.dbid
            WHERE NOT d.datistemplate GROUP BY d.oid, d.datname ORDER BY d.oid LIMIT {Most}
            """
            : null) { IsSlow = true, Rows = Most };

    public static IEnumerable<MetricQuery> All { get; } = [Statistics, RecoveryConflicts, Age, Size, Statements];
}
