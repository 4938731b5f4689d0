namespace PgAspire.Postgres.Diagnostics.Tables;

/// <summary>Space in tables and indexes that holds nothing, estimated from the catalogue without reading them.</summary>
/// <remarks>
/// What a table's rows need is estimated as page layout has it (a header of 23 bytes, aligned to 8, and a pointer of 4 a row) from the
/// columns' average widths. The role monitor may read those and no value (see Roles/MonitorGrants); where it may not, dead rows are
/// all that is seen. Layout: <see href="https://www.postgresql.org/docs/current/storage-page-layout.html">Database Page Layout</see>.
/// </remarks>
internal static class Bloat
{
    private const double SomeBytes = 5 * 1024 * 1024;
    private const double ManyBytes = 100 * 1024 * 1024;
    private const double SomeRatio = 0.3;
    private const double LargeRatio = 0.5;

    public static Diagnostic Diagnostic { get; } = new("bloat", "Space in tables and B-tree indexes that holds nothing (estimated)")
    {
        IsOfPrimary = true,
        Columns =
        [
            new("kind"), new("schema"), new("table"), new("index"), new("bytes", Unit.Bytes), new("needed_bytes", Unit.Bytes), new("bloat_bytes", Unit.Bytes),
            new("bloat_ratio", Unit.Ratio), new("estimated_from"),
        ],
        Sql = server => server.CanReadWidths ? WidthSql : DeadRowSql,
        Judge = Diagnostic.Each(Judge),
    };

    private const string Tables =
        $"""
        SELECT c.oid, n.nspname::text AS schema, c.relname::text AS "table", pg_relation_size(c.oid) AS bytes, current_setting('block_size')::float8 AS page,
            CASE WHEN s.n_live_tup > 0 THEN s.n_live_tup ELSE greatest(c.reltuples, 0) END::float8 AS live, s.n_dead_tup AS dead,
            coalesce((SELECT option_value::float8 FROM pg_options_to_table(c.reloptions) WHERE option_name = 'fillfactor'), 100) / 100 AS fill
        FROM pg_class c
        JOIN pg_namespace n ON n.oid = c.relnamespace AND {SqlParts.IsUserSchema}
        LEFT JOIN pg_stat_all_tables s ON s.relid = c.oid
        WHERE c.relkind IN ('r', 'm')
        """;

    private const string WidthSql =
        $"""
        WITH tables AS ({Tables}), widths AS (
            SELECT w.starelid, sum((1 - w.stanullfrac) * w.stawidth)::float8 AS width, max(w.stanullfrac) > 0 AS has_nulls, count(*) AS columns
            FROM pg_statistic w WHERE NOT w.stainherit GROUP BY w.starelid
        ), needs AS (
            SELECT 'table' AS kind, t.oid, t.schema, t."table", NULL::text AS index, t.bytes, t.page
                * ceil(t.live * (ceil((23 + CASE WHEN w.has_nulls THEN ceil(w.columns / 8.0) ELSE 0 END) / 8) * 8 + ceil(w.width / 8) * 8 + 4) / ((t.page - 24) * t.fill)) AS needed
            FROM tables t JOIN widths w ON w.starelid = t.oid
            WHERE NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
                AND NOT EXISTS (SELECT FROM pg_statistic w WHERE w.starelid = t.oid AND w.staattnum = a.attnum AND NOT w.stainherit))
            UNION ALL
            SELECT 'index', ic.oid, t.schema, t."table", ic.relname::text, pg_relation_size(ic.oid), t.page
                * (1 + ceil(greatest(ic.reltuples, 0) * (8 + ceil(sum((1 - w.stanullfrac) * w.stawidth) / 8) * 8 + 4)
                    / ((t.page - 40) * coalesce((SELECT option_value::float8 FROM pg_options_to_table(ic.reloptions) WHERE option_name = 'fillfactor'), 90) / 100)))
            FROM tables t
            JOIN pg_index i ON i.indrelid = t.oid AND i.indexprs IS NULL
            JOIN pg_class ic ON ic.oid = i.indexrelid AND ic.relam = (SELECT oid FROM pg_am WHERE amname = 'btree')
            JOIN pg_statistic w ON w.starelid = t.oid AND w.staattnum = ANY (i.indkey::int2[]) AND NOT w.stainherit
            GROUP BY ic.oid, ic.relname, ic.reltuples, ic.reloptions, t.schema, t."table", t.page, i.indnatts
            HAVING count(*) = i.indnatts
        )
        SELECT kind, schema, "table", index, bytes, needed::bigint AS needed_bytes, greatest(bytes - needed, 0)::bigint AS bloat_bytes,
            greatest(bytes - needed, 0) / nullif(bytes, 0)::float8 AS bloat_ratio, 'widths' AS estimated_from
        FROM needs
        WHERE bytes > 0
        ORDER BY bloat_bytes DESC, schema, "table", index
        LIMIT 100
        """;

    private const string DeadRowSql =
        $"""
        WITH tables AS ({Tables})
        SELECT 'table' AS kind, schema, "table", NULL::text AS index, bytes, (bytes * live / (live + dead))::bigint AS needed_bytes,
            (bytes * dead / (live + dead))::bigint AS bloat_bytes, dead / (live + dead) AS bloat_ratio, 'dead rows' AS estimated_from
        FROM tables
        WHERE live + dead > 0
        ORDER BY bloat_bytes DESC, schema, "table"
        LIMIT 100
        """;

    internal static Finding? Judge(Row row)
    {
        var (bytes, ratio) = (row.Number("bloat_bytes"), row.Number("bloat_ratio"));
        if (bytes < SomeBytes || ratio < SomeRatio)
        {
            return null;
        }

        var isIndex = row.Text("kind") == "index";
        return new(
            bytes >= ManyBytes && ratio >= LargeRatio ? Severity.Warning : Severity.Info,
            $"{row.Text("schema")}.{row.Text(isIndex ? "index" : "table")}",
            $"about {Readable.Bytes(bytes)} of {Readable.Bytes(row.Number("bytes"))} ({Readable.Ratio(ratio)}) hold nothing; estimated from {row.Text("estimated_from")}",
            isIndex ? "make it anew beside the old one" : "new rows will use the space; to give it back, rewrite the table, which closes it meanwhile (pg_repack does it open)",
            isIndex ? $"REINDEX INDEX CONCURRENTLY {Quote.Relation(row, "index")}" : $"VACUUM (FULL, ANALYZE) {Quote.Relation(row)}");
    }
}
