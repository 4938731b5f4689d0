namespace PgAspire.Postgres.Diagnostics.Tables;

/// <summary>How much of what is read was in shared buffers.</summary>
internal static class CacheHit
{
    private const double Enough = 0.99;
    private const double Low = 0.9;
    private const long SomeBlocks = 10_000;

    public static Diagnostic Diagnostic { get; } = new("cache-hit", "How much of what tables and indexes gave was in shared buffers; the first two rows are all of them")
    {
        Columns = [new("schema"), new("name"), new("kind"), new("hits", Unit.Count), new("reads", Unit.Count), new("hit_ratio", Unit.Ratio), new("shared_buffers")],
        Sql = _ =>
            $"""
            WITH counts AS (
                SELECT n.nspname::text AS schema, c.relname::text AS name, s.heap_blks_hit, s.heap_blks_read, coalesce(s.idx_blks_hit, 0) AS idx_blks_hit,
                    coalesce(s.idx_blks_read, 0) AS idx_blks_read
                FROM pg_statio_all_tables s JOIN pg_class c ON c.oid = s.relid JOIN pg_namespace n ON n.oid = c.relnamespace AND {SqlParts.IsUserSchema}
            ), every AS (
                SELECT 0 AS place, NULL::text AS schema, '(all)'::text AS name, 'table' AS kind, sum(heap_blks_hit)::bigint AS hits, sum(heap_blks_read)::bigint AS reads FROM counts
                UNION ALL SELECT 0, NULL, '(all)', 'index', sum(idx_blks_hit)::bigint, sum(idx_blks_read)::bigint FROM counts
                UNION ALL SELECT 1, schema, name, 'table', heap_blks_hit, heap_blks_read FROM counts
                UNION ALL SELECT 1, schema, name, 'index', idx_blks_hit, idx_blks_read FROM counts
            )
            SELECT schema, name, kind, hits, reads, hits / nullif(hits + reads, 0)::float8 AS hit_ratio, current_setting('shared_buffers') AS shared_buffers
            FROM every
            WHERE place = 0 OR hits + reads > 0
            ORDER BY place, reads DESC, schema, name, kind DESC
            LIMIT 50
            """,
        Judge = Diagnostic.Each(Judge),
    };

    internal static Finding? Judge(Row row) =>
        row["schema"] is not null || row.Number("hits") + row.Number("reads") < SomeBlocks || row.Number("hit_ratio") >= Enough
            ? null
            : new(
                row.Number("hit_ratio") < Low ? Severity.Warning : Severity.Info,
                row.Text("kind") == "table" ? "tables" : "indexes",
                $"{Readable.Ratio(row.Number("hit_ratio"))} of the blocks read were in shared buffers ({row.Text("shared_buffers")}); the rest came from the system's cache or the disk",
                "have statements read less (inspect seq-scans, slow-queries), or give more memory: settings.shared_buffers in topology.json, then a restart",
                "ALTER SYSTEM SET shared_buffers = '256MB'");
}
