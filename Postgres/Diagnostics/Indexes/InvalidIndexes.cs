namespace PgAspire.Postgres.Diagnostics.Indexes;

/// <summary>Indexes that are kept up and never used, since their making failed.</summary>
internal static class InvalidIndexes
{
    public static Diagnostic Diagnostic { get; } = new("invalid-indexes", "Indexes that a failed CREATE or REINDEX CONCURRENTLY has left")
    {
        IsOfPrimary = true,
        Columns = [new("schema"), new("table"), new("index"), new("bytes", Unit.Bytes), new("ready", Unit.Flag), new("in_progress", Unit.Flag), new("constraint", Unit.Flag)],
        Sql = _ =>
            $"""
            SELECT n.nspname::text AS schema, c.relname::text AS "table", ic.relname::text AS index, pg_relation_size(i.indexrelid) AS bytes, i.indisready AS ready,
                EXISTS (SELECT FROM pg_stat_progress_create_index p WHERE p.relid = c.oid) AS in_progress, {IndexSql.IsConstraint} AS "constraint"
            {IndexSql.From}
            WHERE NOT i.indisvalid AND ic.relkind = 'i'
            ORDER BY 1, 2, 3
            """,
        Judge = Diagnostic.Each(Judge),
    };

    internal static Finding? Judge(Row row)
    {
        if (row.Is("in_progress"))
        {
            return null;
        }

        var name = row.Text("index");
        // What REINDEX CONCURRENTLY leaves has a name of its own; the old index beside it still works.
        var isLeftover = name.Contains("_ccnew", StringComparison.Ordinal) || name.Contains("_ccold", StringComparison.Ordinal);
        return new(
            Severity.Warning,
            $"{row.Text("schema")}.{name}",
            $"no query uses it, and {(row.Is("ready") ? "every write keeps it up" : "it lies idle")}: its making failed{(row.Is("constraint") ? ", so nothing guards its rule" : "")}",
            isLeftover ? "drop it: it is what a failed REINDEX CONCURRENTLY left" : "make it anew, or drop it",
            isLeftover ? [$"DROP INDEX CONCURRENTLY {Quote.Relation(row, "index")}"]
                : [$"REINDEX INDEX CONCURRENTLY {Quote.Relation(row, "index")}", $"DROP INDEX CONCURRENTLY {Quote.Relation(row, "index")}"]);
    }
}
