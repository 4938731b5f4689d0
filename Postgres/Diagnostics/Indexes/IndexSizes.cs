namespace PgAspire.Postgres.Diagnostics.Indexes;

/// <summary>Indexes by size and use.</summary>
internal static class IndexSizes
{
    public static Diagnostic Diagnostic { get; } = new("index-sizes", "Indexes by size, with their use; the first row is all of them together")
    {
        Aliases = ["index-stats", "total-index-size"],
        Columns =
        [
            new("schema"), new("table"), new("index"), new("bytes", Unit.Bytes), new("share", Unit.Ratio), new("scans", Unit.Count),
            new("rows_read", Unit.Count), new("last_scan", Unit.Time), new("unique", Unit.Flag), new("valid", Unit.Flag),
        ],
        Sql = server =>
            $"""
            WITH sizes AS (
                SELECT n.nspname::text AS schema, c.relname::text AS "table", ic.relname::text AS index, pg_relation_size(i.indexrelid) AS bytes,
                    s.idx_scan AS scans, s.idx_tup_read AS rows_read, {(server.Major >= 16 ? "s.last_idx_scan" : "NULL::timestamptz")} AS last_scan,
                    i.indisunique AS "unique", i.indisvalid AS valid
                {IndexSql.From}
                WHERE ic.relkind = 'i'
            )
            SELECT NULL AS schema, NULL AS "table", '(all)' AS index, coalesce(sum(bytes), 0)::bigint AS bytes, NULL::float8 AS share, sum(scans)::bigint AS scans,
                sum(rows_read)::bigint AS rows_read, max(last_scan) AS last_scan, NULL::bool AS "unique", bool_and(valid) AS valid
            FROM sizes
            UNION ALL
            (SELECT schema, "table", index, bytes, bytes / nullif(sum(bytes) OVER (), 0)::float8, scans, rows_read, last_scan, "unique", valid
            FROM sizes ORDER BY bytes DESC, schema, "table", index LIMIT 100)
            """,
    };
}
