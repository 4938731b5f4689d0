namespace PgAspire.Postgres.Diagnostics.Tables;

/// <summary>Whether each table is mostly read or mostly written.</summary>
internal static class TrafficProfile
{
    public static Diagnostic Diagnostic { get; } = new("traffic-profile", "Whether each table is mostly read or mostly written")
    {
        Columns =
        [
            new("schema"), new("table"), new("rows_read", Unit.Count), new("rows_written", Unit.Count), new("blocks_read", Unit.Count),
            new("write_ratio", Unit.Ratio), new("profile"),
        ],
        Sql = _ =>
            $"""
            WITH traffic AS (
                SELECT n.nspname::text AS schema, c.relname::text AS "table", s.seq_tup_read + coalesce(s.idx_tup_fetch, 0) AS rows_read,
                    s.n_tup_ins + s.n_tup_upd + s.n_tup_del AS rows_written,
                    io.heap_blks_read + io.heap_blks_hit + coalesce(io.idx_blks_read + io.idx_blks_hit, 0) AS blocks_read
                FROM pg_stat_all_tables s
                JOIN pg_statio_all_tables io ON io.relid = s.relid
                JOIN pg_class c ON c.oid = s.relid
                JOIN pg_namespace n ON n.oid = c.relnamespace AND {SqlParts.IsUserSchema}
            )
            SELECT *, rows_written / nullif(rows_read + rows_written, 0)::float8 AS write_ratio,
                CASE
                    WHEN rows_read + rows_written = 0 THEN 'idle'
                    WHEN rows_written = 0 THEN 'read only'
                    WHEN rows_read = 0 THEN 'written only'
                    WHEN rows_read > 5 * rows_written THEN 'mostly read'
                    WHEN rows_written > 5 * rows_read THEN 'mostly written'
                    ELSE 'balanced'
                END AS profile
            FROM traffic
            ORDER BY rows_read + rows_written DESC, schema, "table"
            LIMIT 100
            """,
    };
}
