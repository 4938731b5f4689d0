namespace PgAspire.Postgres.Diagnostics;

/// <summary>Quotes names and texts for the SQL of an advice, always: what needs no quotes does not suffer from them.</summary>
internal static class Quote
{
    /// <summary><c>"name"</c>.</summary>
    public static string Name(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    /// <summary><c>"schema"."name"</c>.</summary>
    public static string Name(string schema, string name) => $"{Name(schema)}.{Name(name)}";

    /// <summary>The relation that a row is about.</summary>
    public static string Relation(Row row, string column = "table", string schema = "schema") => Name(row.Text(schema), row.Text(column));

    /// <summary><c>'text'</c>, on any setting of standard_conforming_strings.</summary>
    public static string Text(string text)
    {
        var doubled = text.Replace("'", "''", StringComparison.Ordinal);
        return text.Contains('\\', StringComparison.Ordinal) ? $"E'{doubled.Replace("\\", "\\\\", StringComparison.Ordinal)}'" : $"'{doubled}'";
    }
}
