namespace PgAspire.Postgres.Diagnostics.Tables;

/// <summary>Tables that a crash empties.</summary>
internal static class UnloggedTables
{
    public static Diagnostic Diagnostic { get; } = new("unlogged-tables", "Tables that a crash empties and that no replica has")
    {
        IsOfPrimary = true,
        Columns = [new("schema"), new("table"), new("rows", Unit.Count), new("bytes", Unit.Bytes)],
        Sql = _ =>
            $"""
            SELECT n.nspname::text AS schema, c.relname::text AS "table", coalesce(s.n_live_tup, 0) AS rows, pg_total_relation_size(c.oid) AS bytes
            FROM pg_class c
            JOIN pg_namespace n ON n.oid = c.relnamespace AND {SqlParts.IsUserSchema}
            LEFT JOIN pg_stat_all_tables s ON s.relid = c.oid
            WHERE c.relpersistence = 'u' AND c.relkind = 'r'
            ORDER BY bytes DESC, 1, 2
            """,
        Judge = Diagnostic.Each(Judge),
    };

    internal static Finding Judge(Row row) => new(
        Severity.Warning,
        $"{row.Text("schema")}.{row.Text("table")}",
        $"is unlogged: a crash empties it, replicas and backups do not have its {Readable.Count(row.Number("rows"))} rows, and after a failover it is empty",
        "fine for what can be made again; else have it logged, which rewrites it",
        $"ALTER TABLE {Quote.Relation(row)} SET LOGGED");
}
