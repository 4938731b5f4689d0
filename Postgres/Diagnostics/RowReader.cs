using Npgsql;
using PgAspire.Postgres.Diagnostics.Statements;

namespace PgAspire.Postgres.Diagnostics;

/// <summary>Reads a query's result into rows. No statement's values get any further than this.</summary>
internal static class RowReader
{
    private const int LongestStatement = 4000;

    public static async Task<IReadOnlyList<Row>> ReadAsync(
        NpgsqlConnection connection, string sql, IReadOnlyList<Column> columns, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var given = Enumerable.Range(0, reader.FieldCount).Select(reader.GetName).ToHashSet();
        var ordinals = columns.Where(column => column.Tag is null || given.Contains(column.Name)).Select(column => (Column: column, Ordinal: reader.GetOrdinal(column.Name))).ToList();
        var statement = ordinals.Where(entry => entry.Column.Unit == Unit.Statement).Select(entry => (int?)entry.Ordinal).FirstOrDefault();
        var rows = new List<Row>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var values = ordinals.ToDictionary(
                entry => entry.Column.Name, entry => reader.IsDBNull(entry.Ordinal) ? null : Value(reader.GetValue(entry.Ordinal), entry.Column.Unit));
            if (statement is { } ordinal && !reader.IsDBNull(ordinal))
            {
                AddTags(values, columns, StatementTags.Of(reader.GetString(ordinal)));
            }

            rows.Add(new(values));
        }

        return rows;
    }

    /// <summary>Gives columns that have no value of their own what a statement's tags say.</summary>
    private static void AddTags(Dictionary<string, object?> values, IReadOnlyList<Column> columns, StatementTags tags)
    {
        foreach (var column in columns.Where(column => column.Tag is not null && values.GetValueOrDefault(column.Name) is null or ""))
        {
            values[column.Name] = column.Tag!(tags) ?? values.GetValueOrDefault(column.Name);
        }
    }

    private static string Shown(string statement)
    {
        var text = StatementText.Normalise(statement);
        return text.Length > LongestStatement ? $"{text[..LongestStatement]} …" : text;
    }

    private static object Value(object value, Unit unit) => value switch
    {
        string text when unit == Unit.Statement => Shown(text),
        string or long or double or bool or string[] => value,
        int or short or uint => Convert.ToInt64(value, System.Globalization.CultureInfo.InvariantCulture),
        decimal or float => Convert.ToDouble(value, System.Globalization.CultureInfo.InvariantCulture),
        DateTime time => time.ToUniversalTime(),
        char character => character.ToString(),
        _ => throw new InvalidOperationException($"A diagnostic's query returns a {value.GetType().Name}: cast it to text, bigint, double precision, boolean or timestamptz."),
    };
}
