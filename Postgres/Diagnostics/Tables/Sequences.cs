namespace PgAspire.Postgres.Diagnostics.Tables;

/// <summary>Sequences near their end, or near that of the column that they fill.</summary>
internal static class Sequences
{
    private const double Much = 0.75;
    private const double Most = 0.9;

    public static Diagnostic Diagnostic { get; } = new("sequences", "Sequences by how much of their numbers, or of their column's, is used up")
    {
        IsOfPrimary = true,
        Columns =
        [
            new("schema"), new("sequence"), new("last_value", Unit.Count), new("limit", Unit.Count), new("used_ratio", Unit.Ratio), new("cycles", Unit.Flag),
            new("table_schema"), new("table"), new("column"), new("column_type"), new("readable", Unit.Flag),
        ],
        Sql = _ =>
            $"""
            WITH sequences AS (
                SELECT n.nspname::text AS schema, c.relname::text AS sequence, c.oid, s.seqincrement, s.seqcycle AS cycles,
                    has_sequence_privilege(c.oid, 'SELECT') AS readable,
                    CASE WHEN has_sequence_privilege(c.oid, 'SELECT') THEN pg_sequence_last_value(c.oid) END AS last_value,
                    least(s.seqmax, CASE a.atttypid WHEN 'int2'::regtype THEN 32767 WHEN 'int4'::regtype THEN 2147483647 END) AS "limit",
                    tn.nspname::text AS table_schema, t.relname::text AS "table", a.attname::text AS "column", format_type(a.atttypid, a.atttypmod) AS column_type
                FROM pg_sequence s
                JOIN pg_class c ON c.oid = s.seqrelid
                JOIN pg_namespace n ON n.oid = c.relnamespace AND {SqlParts.IsUserSchema}
                LEFT JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i') AND d.refobjsubid > 0
                LEFT JOIN pg_class t ON t.oid = d.refobjid
                LEFT JOIN pg_namespace tn ON tn.oid = t.relnamespace
                LEFT JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
                WHERE c.relpersistence <> 't'
            )
            SELECT schema, sequence, last_value, "limit", CASE WHEN seqincrement > 0 THEN greatest(last_value, 0) / nullif("limit", 0)::float8 END AS used_ratio,
                cycles, table_schema, "table", "column", column_type, readable
            FROM sequences
            ORDER BY used_ratio DESC NULLS LAST, schema, sequence
            LIMIT 100
            """,
        Judge = Diagnostic.Each(Judge),
    };

    internal static Finding? Judge(Row row)
    {
        var name = Quote.Relation(row, "sequence");
        if (!row.Is("readable"))
        {
            return new(Severity.Info, $"{row.Text("schema")}.{row.Text("sequence")}", "how far it is cannot be read by the role monitor", "let it read this",
                $"GRANT SELECT ON SEQUENCE {name} TO {Quote.Name(Roles.RoleNames.Monitor)}");
        }

        var used = row.Number("used_ratio");
        if (used < Much || row.Is("cycles"))
        {
            return null;
        }

        var isColumn = row.Text("column_type") is "integer" or "smallint";
        return new(
            used >= Most ? Severity.Critical : Severity.Warning,
            $"{row.Text("schema")}.{row.Text("sequence")}",
            $"has given {Readable.Ratio(used)} of its numbers ({Readable.Count(row.Number("last_value"))} of {Readable.Count(row.Number("limit"))}{(isColumn ? $", what a column of type {row.Text("column_type")} holds" : "")}); INSERTs fail at the end",
            isColumn ? "make the column a bigint: it rewrites the table, and columns that refer to it need the same" : "make the sequence a bigint, or raise its MAXVALUE",
            isColumn
                ? [$"ALTER TABLE {Quote.Relation(row, "table", "table_schema")} ALTER COLUMN {Quote.Name(row.Text("column"))} TYPE bigint", $"ALTER SEQUENCE {name} AS bigint"]
                : [$"ALTER SEQUENCE {name} AS bigint"]);
    }
}
