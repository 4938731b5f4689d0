namespace PgAspire.Postgres.Diagnostics.Statements;

/// <summary>The statements that take longest each time.</summary>
internal static class SlowQueries
{
    private const double SlowMilliseconds = 100;
    private const double VerySlowMilliseconds = 1000;
    private const int FewCalls = 3; // A driver's first look at the catalogue, on a cold cache, is no slow query.

    public static Diagnostic Diagnostic { get; } = new("slow-queries", "Statements that take longest each time, on average since the statistics began" + StatementStatistics.OfFirstCaller)
    {
        Columns = StatementStatistics.Columns,
        Obstacle = StatementStatistics.Obstacle,
        Sql = server => StatementStatistics.Sql(server, "s.mean_exec_time"),
        Judge = Diagnostic.Each(Judge),
    };

    internal static Finding? Judge(Row row, ServerFacts server)
    {
        var mean = row.Number("mean_ms");
        if (mean < SlowMilliseconds || (mean < VerySlowMilliseconds && row.Number("calls") < FewCalls))
        {
            return null;
        }

        var cause = row.Number("temp_bytes") > 0 ? "it spills to temporary files: more work_mem may help"
            : row["hit_ratio"] is double hit && hit < 0.9 ? "much of what it reads is not in shared buffers"
            : "look at its plan for sequential scans over many rows, and for an index that it lacks";
        return new(
            mean >= VerySlowMilliseconds ? Severity.Warning : Severity.Info,
            row.Text("statement"),
            $"takes {Readable.Value(mean, Unit.Milliseconds)} on average ({Readable.Value(row["max_ms"], Unit.Milliseconds)} at most) over {Readable.Count(row.Number("calls"))} calls{StatementStatistics.IssuedBy(row)}",
            cause,
            StatementStatistics.Examine(row, server));
    }
}
