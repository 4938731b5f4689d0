namespace PgAspire.Postgres.Diagnostics.Indexes;

/// <summary>Tables that are read from end to end.</summary>
internal static class SeqScans
{
    private const long ManyRows = 10_000;
    private const long SomeScans = 10;
    private const long ManyRead = 100_000_000;

    public static Diagnostic Diagnostic { get; } = new("seq-scans", "Tables by the rows that sequential scans have read")
    {
        Columns =
        [
            new("schema"), new("table"), new("bytes", Unit.Bytes), new("sequential_scans", Unit.Count), new("rows_read", Unit.Count),
            new("rows_per_scan", Unit.Count), new("index_scans", Unit.Count),
        ],
        Sql = _ =>
            $"""
            SELECT n.nspname::text AS schema, c.relname::text AS "table", pg_table_size(c.oid) AS bytes, s.seq_scan AS sequential_scans, s.seq_tup_read AS rows_read,
                s.seq_tup_read / nullif(s.seq_scan, 0) AS rows_per_scan, coalesce(s.idx_scan, 0) AS index_scans
            FROM pg_stat_all_tables s
            JOIN pg_class c ON c.oid = s.relid
            JOIN pg_namespace n ON n.oid = c.relnamespace AND {SqlParts.IsUserSchema}
            WHERE s.seq_scan > 0
            ORDER BY s.seq_tup_read DESC, 1, 2
            LIMIT 50
            """,
        Judge = Diagnostic.Each(Judge),
    };

    internal static Finding? Judge(Row row) =>
        row.Whole("sequential_scans") < SomeScans || row.Number("rows_per_scan") < ManyRows
            ? null
            : new(
                row.Whole("rows_read") >= ManyRead ? Severity.Warning : Severity.Info,
                $"{row.Text("schema")}.{row.Text("table")}",
                $"was read from end to end {Readable.Count(row.Number("sequential_scans"))} times, {Readable.Count(row.Number("rows_per_scan"))} rows each",
                "an index on the columns of the WHERE clause saves this, where few of the rows are wanted; these are the statements on it",
                StatementsOn(row));

    internal static string[] StatementsOn(Row row) =>
    [
        $"SELECT query, calls, mean_exec_time, rows FROM pg_stat_statements WHERE query ILIKE {Quote.Text($"%{row.Text("table")}%")} ORDER BY total_exec_time DESC LIMIT 10",
    ];
}
