namespace PgAspire.Postgres.Diagnostics.Statements;

/// <summary>The statements that run most often.</summary>
internal static class Calls
{
    private const long Many = 100_000;
    private const double FewRows = 1.5;
    private const double LargeShare = 0.3;

    public static Diagnostic Diagnostic { get; } = new("calls", "Statements that run most often" + StatementStatistics.OfFirstCaller)
    {
        Columns = StatementStatistics.Columns,
        Obstacle = StatementStatistics.Obstacle,
        Sql = server => StatementStatistics.Sql(server, "s.calls"),
        Judge = Diagnostic.Each(Judge),
    };

    internal static Finding? Judge(Row row, ServerFacts server) =>
        row.Whole("calls") < Many || row.Number("rows") / row.Number("calls") > FewRows || row.Number("share") < LargeShare
            ? null
            : new(
                Severity.Info,
                row.Text("statement"),
                $"ran {Readable.Count(row.Number("calls"))} times for about one row each, and takes {Readable.Ratio(row.Number("share"))} of all execution time{StatementStatistics.IssuedBy(row)}",
                "looks like one query a row of another query's result: ask for all of them at once (= ANY($1), a join)",
                StatementStatistics.LookUp(row, server));
}
