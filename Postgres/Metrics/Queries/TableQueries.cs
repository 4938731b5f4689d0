using static PgAspire.Postgres.Metrics.MetricDefinition;

namespace PgAspire.Postgres.Metrics.Queries;

/// <summary>The largest tables and indexes of the connection's database.</summary>
internal static class TableQueries
{
    private const int MostTables = 20;
    private const int MostIndexes = 40;
    private static readonly MetricDefinition Rows = UpDownCounter("postgresql.rows", "1", "The number of rows in the database");
    private static readonly MetricDefinition Operations = Counter("postgresql.operations", "1", "The number of db row operations");
    private static readonly MetricDefinition BlocksRead = Counter("postgresql.blocks_read", "1", "The number of blocks read");

    // By the size that the last vacuum or analyze saw. To ask a table's real size takes a lock on it: where somebody holds, or
    // waits for, an exclusive one, the monitor must not queue up behind.
    private static readonly string Largest =
        $"""
        WITH locked AS MATERIALIZED (
            SELECT DISTINCT relation FROM pg_locks
            WHERE mode = 'AccessExclusiveLock' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())),
        largest AS MATERIALIZED (
            SELECT c.oid, c.relname, current_database() || '|' || n.nspname AS namespace, age(nullif(c.relfrozenxid, '0')) AS age,
                   EXISTS (SELECT FROM locked WHERE locked.relation = c.oid) AS is_locked
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('r', 'm') AND c.relpersistence <> 't' AND n.nspname NOT IN ('pg_catalog', 'information_schema')
            ORDER BY c.relpages DESC, c.reltuples DESC, c.oid LIMIT {MostTables})
        """;

    public static MetricQuery Count { get; } = new(
        ["db.namespace"],
        [UpDownCounter("postgresql.table.count", "{table}", "Number of user tables in a database")],
        "SELECT current_database(), count(*) FROM pg_stat_user_tables") { IsSlow = true };

    public static MetricQuery Tables { get; } = new(
        ["db.namespace", "db.collection.name"],
        [
            UpDownCounter("postgresql.table.size", "By", "Disk space used by a table"),
            Rows.With(("state", "live")), Rows.With(("state", "dead")),
            .. new[] { "ins", "upd", "del", "hot_upd" }.Select(operation => Operations.With(("operation", operation))),
            Counter("postgresql.sequential_scans", "{sequential_scan}", "The number of sequential scans"),
            .. new[] { "heap_read", "heap_hit", "idx_read", "idx_hit", "toast_read", "toast_hit", "tidx_read", "tidx_hit" }
                .Select(source => BlocksRead.With(("source", source))),
            Counter("postgresql.table.vacuum.count", "{vacuum}", "Number of times a table has manually been vacuumed"),
            Counter("postgresql.table.autovacuum.count", "{vacuum}", "Number of times a table has been vacuumed by autovacuum"),
            Gauge("postgresql.table.vacuum.last", "s", "When the table was last vacuumed, Unix time"),
            Gauge("postgresql.table.xid.age", "{transaction}", "Transactions since the table's oldest unfrozen one"),
        ],
        $"""
        {Largest}
        SELECT l.namespace, l.relname, CASE WHEN NOT l.is_locked THEN pg_table_size(l.oid) END,
               t.n_live_tup, t.n_dead_tup, t.n_tup_ins, t.n_tup_upd, t.n_tup_del, t.n_tup_hot_upd, t.seq_scan,
               b.heap_blks_read, b.heap_blks_hit, coalesce(b.idx_blks_read, 0), coalesce(b.idx_blks_hit, 0),
               coalesce(b.toast_blks_read, 0), coalesce(b.toast_blks_hit, 0), coalesce(b.tidx_blks_read, 0), coalesce(b.tidx_blks_hit, 0),
               t.vacuum_count, t.autovacuum_count, extract(epoch FROM greatest(t.last_vacuum, t.last_autovacuum)), l.age
        FROM largest l JOIN pg_stat_user_tables t ON t.relid = l.oid JOIN pg_statio_user_tables b ON b.relid = l.oid
        """) { IsSlow = true, Rows = MostTables };

    public static MetricQuery Indexes { get; } = new(
        ["db.namespace", "db.collection.name", "postgresql.index.name"],
        [
            Counter("postgresql.index.scans", "{scans}", "The number of index scans on a table"),
            Gauge("postgresql.index.size", "By", "The size of the index on disk"),
        ],
        $"""
        {Largest}
        SELECT l.namespace, l.relname, i.indexrelname, i.idx_scan,
               CASE WHEN NOT l.is_locked AND NOT EXISTS (SELECT FROM locked WHERE locked.relation = i.indexrelid) THEN pg_relation_size(i.indexrelid) END
        FROM largest l JOIN pg_stat_user_indexes i ON i.relid = l.oid JOIN pg_class c ON c.oid = i.indexrelid
        ORDER BY c.relpages DESC, i.indexrelid LIMIT {MostIndexes}
        """) { IsSlow = true, Rows = MostIndexes };

    public static IEnumerable<MetricQuery> All { get; } = [Count, Tables, Indexes];
}
