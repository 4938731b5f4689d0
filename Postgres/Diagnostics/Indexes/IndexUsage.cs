namespace PgAspire.Postgres.Diagnostics.Indexes;

/// <summary>How often each table is read by an index.</summary>
internal static class IndexUsage
{
    private const long ManyRows = 10_000;
    private const long ManyScans = 100;
    private const double Seldom = 0.5;

    public static Diagnostic Diagnostic { get; } = new("index-usage", "How many of each table's scans use an index")
    {
        Columns =
        [
            new("schema"), new("table"), new("rows", Unit.Count), new("index_scans", Unit.Count), new("sequential_scans", Unit.Count), new("index_ratio", Unit.Ratio),
        ],
        Sql = _ =>
            $"""
            SELECT n.nspname::text AS schema, c.relname::text AS "table", s.n_live_tup AS rows, coalesce(s.idx_scan, 0) AS index_scans, s.seq_scan AS sequential_scans,
                coalesce(s.idx_scan, 0) / nullif(coalesce(s.idx_scan, 0) + s.seq_scan, 0)::float8 AS index_ratio
            FROM pg_stat_all_tables s
            JOIN pg_class c ON c.oid = s.relid
            JOIN pg_namespace n ON n.oid = c.relnamespace AND {SqlParts.IsUserSchema}
            ORDER BY s.n_live_tup DESC, 1, 2
            LIMIT 100
            """,
        Judge = Diagnostic.Each(Judge),
    };

    internal static Finding? Judge(Row row) =>
        row.Whole("rows") < ManyRows || row.Whole("sequential_scans") < ManyScans || row.Number("index_ratio") >= Seldom
            ? null
            : new(
                Severity.Info,
                $"{row.Text("schema")}.{row.Text("table")}",
                $"{Readable.Ratio(row.Number("index_ratio"))} of its scans use an index, and it has {Readable.Count(row.Number("rows"))} rows",
                "find the statements that read all of it: inspect seq-scans and slow-queries",
                SeqScans.StatementsOn(row));
}
