namespace PgAspire.Postgres.Diagnostics.Indexes;

/// <summary>Indexes that no query has used, on any instance of the cluster: one that a replica's queries use is used.</summary>
internal static class UnusedIndexes
{
    private const double LongSeconds = 7 * 86400;
    private const double SomeSeconds = 86400;
    private const long LargeBytes = 100 * 1024 * 1024;
    private const long SomeBytes = 1024 * 1024;

    public static Diagnostic Diagnostic { get; } = new("unused-indexes", "Indexes that no query has used, and that guard no rule")
    {
        Columns =
        [
            new("schema"), new("table"), new("index"), new("bytes", Unit.Bytes), new("scans", Unit.Count), new("writes", Unit.Count),
            new("counted_seconds", Unit.Seconds),
        ],
        Sql = _ =>
            $"""
            SELECT n.nspname::text AS schema, c.relname::text AS "table", ic.relname::text AS index, pg_relation_size(i.indexrelid) AS bytes, s.idx_scan AS scans,
                t.n_tup_ins + t.n_tup_upd - t.n_tup_hot_upd AS writes, {IndexSql.CountedFor} AS counted_seconds
            {IndexSql.From}
            LEFT JOIN pg_stat_all_tables t ON t.relid = c.oid
            WHERE ic.relkind = 'i' AND NOT {IndexSql.IsConstraint} AND coalesce(s.idx_scan, 0) = 0
            ORDER BY bytes DESC, 1, 2, 3
            """,
        Compare = Compare,
    };

    internal static IEnumerable<PlacedFinding> Compare(IReadOnlyList<InstanceReport> reports)
    {
        foreach (var cluster in reports.Where(report => report.Server is not null && report.Failure is null).GroupBy(report => report.Cluster))
        {
            var everywhere = cluster.SelectMany(report => report.Rows)
                .GroupBy(row => (Schema: row.Text("schema"), Index: row.Text("index")))
                .Where(rows => rows.Count() == cluster.Count());
            foreach (var finding in everywhere.Select(rows => Judge(rows.MinBy(row => row.Number("counted_seconds"))!, cluster.Count())).OfType<Finding>())
            {
                yield return new(cluster.Key, cluster.Count() == 1 ? cluster.First().Instance : null, finding);
            }
        }
    }

    internal static Finding? Judge(Row row, int instances)
    {
        var counted = row.Number("counted_seconds");
        if (counted < SomeSeconds && row.Number("bytes") < SomeBytes)
        {
            return null; // A young server has used hardly any.
        }

        return new(
            counted >= LongSeconds && row.Whole("bytes") >= LargeBytes ? Severity.Warning : Severity.Info,
            $"{row.Text("schema")}.{row.Text("index")}",
            $"no query has used it in {Readable.Seconds(counted)} of counting{(instances > 1 ? $", on none of {instances} instances" : "")}; it takes {Readable.Bytes(row.Number("bytes"))} and work at every write of {row.Text("table")}",
            counted >= LongSeconds ? "drop it" : "count for a week or so before dropping it: a monthly report may need it",
            $"DROP INDEX CONCURRENTLY {Quote.Relation(row, "index")}");
    }
}
