namespace PgAspire.Postgres.Diagnostics.Tables;

/// <summary>Tables by size.</summary>
internal static class TableSizes
{
    private const long LargeBytes = 100 * 1024 * 1024;

    public static Diagnostic Diagnostic { get; } = new("table-sizes", "Tables by size: rows (estimated), heap, indexes, TOAST, scans")
    {
        Aliases = ["table-stats", "total-table-sizes", "table-index-sizes", "table-record-counts"],
        Columns =
        [
            new("schema"), new("table"), new("rows", Unit.Count), new("total_bytes", Unit.Bytes), new("table_bytes", Unit.Bytes), new("index_bytes", Unit.Bytes),
            new("toast_bytes", Unit.Bytes), new("sequential_scans", Unit.Count), new("index_scans", Unit.Count), new("writes", Unit.Count), new("hot_ratio", Unit.Ratio),
        ],
        Sql = _ =>
            $"""
            SELECT n.nspname::text AS schema, c.relname::text AS "table",
                CASE WHEN s.n_live_tup > 0 THEN s.n_live_tup WHEN c.reltuples >= 0 THEN c.reltuples::bigint END AS rows,
                pg_total_relation_size(c.oid) AS total_bytes, pg_relation_size(c.oid) AS table_bytes, pg_indexes_size(c.oid) AS index_bytes,
                coalesce(pg_total_relation_size(nullif(c.reltoastrelid, 0)), 0) AS toast_bytes, s.seq_scan AS sequential_scans, coalesce(s.idx_scan, 0) AS index_scans,
                s.n_tup_ins + s.n_tup_upd + s.n_tup_del AS writes, s.n_tup_hot_upd / nullif(s.n_tup_upd, 0)::float8 AS hot_ratio
            FROM pg_class c
            JOIN pg_namespace n ON n.oid = c.relnamespace AND {SqlParts.IsUserSchema}
            LEFT JOIN pg_stat_all_tables s ON s.relid = c.oid
            WHERE c.relkind IN ('r', 'm')
            ORDER BY total_bytes DESC, 1, 2
            LIMIT 100
            """,
        Judge = Diagnostic.Each(Judge),
    };

    internal static Finding? Judge(Row row) =>
        row.Number("index_bytes") < LargeBytes || row.Number("index_bytes") < 2 * (row.Number("table_bytes") + row.Number("toast_bytes"))
            ? null
            : new(
                Severity.Info,
                $"{row.Text("schema")}.{row.Text("table")}",
                $"its indexes take {Readable.Bytes(row.Number("index_bytes"))}, more than twice its rows' {Readable.Bytes(row.Number("table_bytes") + row.Number("toast_bytes"))}",
                "look for superfluous and bloated ones: inspect unused-indexes, duplicate-indexes, bloat",
                $"REINDEX TABLE CONCURRENTLY {Quote.Relation(row)}");
}
