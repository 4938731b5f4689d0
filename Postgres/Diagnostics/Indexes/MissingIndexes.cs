namespace PgAspire.Postgres.Diagnostics.Indexes;

/// <summary>Foreign keys without an index on their own columns.</summary>
internal static class MissingIndexes
{
    private const long ManyRows = 10_000;

    public static Diagnostic Diagnostic { get; } = new("missing-indexes", "Foreign keys whose columns have no index")
    {
        IsOfPrimary = true,
        Columns =
        [
            new("schema"), new("table"), new("constraint"), new("columns"), new("references"), new("rows", Unit.Count), new("bytes", Unit.Bytes),
            new("deletes_above", Unit.Count),
        ],
        Sql = _ =>
            $$"""
            SELECT n.nspname::text AS schema, c.relname::text AS "table", k.conname::text AS "constraint",
                (SELECT array_agg(a.attname::text ORDER BY o.place) FROM unnest(k.conkey) WITH ORDINALITY AS o(number, place)
                    JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = o.number) AS columns,
                rn.nspname || '.' || r.relname AS "references", greatest(s.n_live_tup, c.reltuples::bigint, 0) AS rows, pg_table_size(c.oid) AS bytes,
                above.n_tup_del + above.n_tup_upd AS deletes_above
            FROM pg_constraint k
            JOIN pg_class c ON c.oid = k.conrelid
            JOIN pg_namespace n ON n.oid = c.relnamespace AND {{SqlParts.IsUserSchema}}
            JOIN pg_class r ON r.oid = k.confrelid
            JOIN pg_namespace rn ON rn.oid = r.relnamespace
            LEFT JOIN pg_stat_all_tables s ON s.relid = k.conrelid
            LEFT JOIN pg_stat_all_tables above ON above.relid = k.confrelid
            WHERE k.contype = 'f' AND k.conparentid = 0 AND NOT EXISTS (
                SELECT FROM pg_index i
                WHERE i.indrelid = k.conrelid AND i.indisvalid AND i.indpred IS NULL
                    AND (i.indkey::int2[])[0:cardinality(k.conkey) - 1] @> k.conkey AND (i.indkey::int2[])[0:cardinality(k.conkey) - 1] <@ k.conkey)
            ORDER BY rows DESC, 1, 2, 3
            """,
        Judge = Diagnostic.Each(Judge),
    };

    internal static Finding Judge(Row row) => new(
        row.Whole("rows") >= ManyRows ? Severity.Warning : Severity.Info,
        $"{row.Text("schema")}.{row.Text("table")} ({string.Join(", ", row.Texts("columns"))})",
        $"foreign key {row.Text("constraint")} has no index: each DELETE in {row.Text("references")}, and each change of its key, reads all {Readable.Count(row.Number("rows"))} rows here; so does a join from there",
        "make one",
        $"CREATE INDEX CONCURRENTLY ON {Quote.Relation(row)} ({string.Join(", ", row.Texts("columns").Select(Quote.Name))})");
}
