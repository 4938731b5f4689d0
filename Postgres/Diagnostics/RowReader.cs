using Npgsql;
using PgAspire.Postgres.Diagnostics.Statements;

namespace PgAspire.Postgres.Diagnostics;

/// <summary>Reads a query's result into rows. No statement's values get any further than this.</summary>
internal static class RowReader
{
    public static async Task<IReadOnlyList<Row>> ReadAsync(
        NpgsqlConnection connection, string sql, IReadOnlyList<Column> columns, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var ordinals = columns.Select(column => (Column: column, Ordinal: reader.GetOrdinal(column.Name))).ToList();
        var rows = new List<Row>();
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(new(ordinals.ToDictionary(
                entry => entry.Column.Name, entry => reader.IsDBNull(entry.Ordinal) ? null : Value(reader.GetValue(entry.Ordinal), entry.Column.Unit))));
        }

        return rows;
    }

    private static object Value(object value, Unit unit) => value switch
    {
        string text when unit == Unit.Statement => StatementText.Normalise(text),
        string or long or double or bool or string[] => value,
        int or short or uint => Convert.ToInt64(value, System.Globalization.CultureInfo.InvariantCulture),
        decimal or float => Convert.ToDouble(value, System.Globalization.CultureInfo.InvariantCulture),
        DateTime time => time.ToUniversalTime(),
        char character => character.ToString(),
        _ => throw new InvalidOperationException($"A diagnostic's query returns a {value.GetType().Name}: cast it to text, bigint, double precision, boolean or timestamptz."),
    };
}
