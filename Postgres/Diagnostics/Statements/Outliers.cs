namespace PgAspire.Postgres.Diagnostics.Statements;

/// <summary>The statements that take most of the server's time.</summary>
internal static class Outliers
{
    private const double LargeShare = 0.3;
    private const double LeastMilliseconds = 60_000;

    public static Diagnostic Diagnostic { get; } = new("outliers", "Statements that take most of the server's time in all" + StatementStatistics.OfFirstCaller)
    {
        Columns = StatementStatistics.Columns,
        Obstacle = StatementStatistics.Obstacle,
        Sql = server => StatementStatistics.Sql(server, "s.total_exec_time"),
        Judge = Diagnostic.Each(Judge),
    };

    internal static Finding? Judge(Row row, ServerFacts server) =>
        row.Number("share") < LargeShare || row.Number("total_ms") < LeastMilliseconds
            ? null
            : new(
                Severity.Info,
                row.Text("statement"),
                $"takes {Readable.Ratio(row.Number("share"))} of all execution time: {Readable.Value(row["total_ms"], Unit.Milliseconds)} in {Readable.Count(row.Number("calls"))} calls{StatementStatistics.IssuedBy(row)}",
                "whatever makes this one cheaper pays most: an index, fewer columns or rows, fewer calls",
                StatementStatistics.Examine(row, server));
}
