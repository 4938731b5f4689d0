namespace PgAspire.Postgres.Diagnostics.Indexes;

/// <summary>Indexes that another one makes superfluous.</summary>
internal static class DuplicateIndexes
{
    public const string Same = "same";
    public const string Prefix = "prefix";

    public static Diagnostic Diagnostic { get; } = new("duplicate-indexes", "Indexes that another one makes superfluous: the same columns, or the first columns of it")
    {
        IsOfPrimary = true,
        Columns =
        [
            new("schema"), new("table"), new("index"), new("covered_by"), new("kind"), new("bytes", Unit.Bytes), new("scans", Unit.Count), new("constraint", Unit.Flag),
        ],
        // Of two that are the same the later one goes, unless it alone guards a rule.
        Sql = _ =>
            $$"""
            WITH indexes AS (
                SELECT i.*, n.nspname, c.relname AS table_name, ic.relname AS index_name, ic.relam, ic.reloptions AS options, s.idx_scan,
                    coalesce(pg_get_expr(i.indexprs, i.indrelid), '') AS expressions, coalesce(pg_get_expr(i.indpred, i.indrelid), '') AS predicate,
                    {{IndexSql.IsConstraint}} AS is_constraint
                {{IndexSql.From}}
                WHERE ic.relkind = 'i' AND i.indisvalid
            ), pairs AS (
                SELECT a.*, b.index_name AS covered_by,
                    CASE WHEN a.indkey::text = b.indkey::text AND a.indnkeyatts = b.indnkeyatts THEN '{{Same}}' ELSE '{{Prefix}}' END AS kind,
                    b.is_constraint AS other_is_constraint, b.indexrelid AS other
                FROM indexes a
                JOIN indexes b ON b.indrelid = a.indrelid AND b.indexrelid <> a.indexrelid AND b.relam = a.relam
                    AND b.predicate = a.predicate AND b.expressions = a.expressions
                    AND (a.indkey::text = b.indkey::text AND a.indnkeyatts = b.indnkeyatts AND a.indclass::text = b.indclass::text
                            AND a.indcollation::text = b.indcollation::text AND a.indoption::text = b.indoption::text
                        OR a.relam = (SELECT oid FROM pg_am WHERE amname = 'btree') AND a.indnatts = a.indnkeyatts AND a.indnkeyatts < b.indnkeyatts
                            AND b.indkey::text LIKE a.indkey::text || ' %' AND b.indclass::text LIKE a.indclass::text || ' %'
                            AND b.indcollation::text LIKE a.indcollation::text || ' %' AND b.indoption::text LIKE a.indoption::text || ' %')
            )
            SELECT DISTINCT ON (nspname, table_name, index_name) nspname::text AS schema, table_name::text AS "table", index_name::text AS index, covered_by::text,
                kind, pg_relation_size(indexrelid) AS bytes, idx_scan AS scans, is_constraint AS "constraint"
            FROM pairs
            WHERE kind = '{{Prefix}}' AND NOT is_constraint
                OR kind = '{{Same}}' AND (NOT is_constraint OR other_is_constraint) AND (other_is_constraint AND NOT is_constraint OR indexrelid > other)
            ORDER BY nspname, table_name, index_name, kind DESC
            """,
        Judge = Diagnostic.Each(Judge),
    };

    internal static Finding Judge(Row row)
    {
        var isSame = row.Text("kind") == Same;
        return new(
            isSame ? Severity.Warning : Severity.Info,
            $"{row.Text("schema")}.{row.Text("index")}",
            $"has {(isSame ? "the same columns as" : "the first columns of")} {row.Text("covered_by")}, which serves the same queries; it takes {Readable.Bytes(row.Number("bytes"))} and work at every write",
            row.Is("constraint") ? "drop one of the two constraints"
                : isSame ? "drop it" : "drop it, unless its being smaller is worth more than its upkeep",
            row.Is("constraint")
                ? $"ALTER TABLE {Quote.Relation(row)} DROP CONSTRAINT {Quote.Name(row.Text("index"))}"
                : $"DROP INDEX CONCURRENTLY {Quote.Relation(row, "index")}");
    }
}
