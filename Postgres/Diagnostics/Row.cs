using System.Globalization;

namespace PgAspire.Postgres.Diagnostics;

/// <summary>One row of a diagnostic's result. Values are <see cref="string"/>, <see cref="long"/>, <see cref="double"/>, <see cref="bool"/>,
/// <see cref="DateTime"/> (UTC), an array of strings, or null.</summary>
public sealed class Row
{
    private readonly IReadOnlyDictionary<string, object?> _values;

    /// <summary>A row of values by the names of their columns; a column that is left out is null.</summary>
    public Row(IReadOnlyDictionary<string, object?> values) => _values = values;

    /// <summary>The value of a column; null where there is none.</summary>
    public object? this[string column] => _values.GetValueOrDefault(column);

    /// <summary>A text, <c>""</c> where there is none.</summary>
    public string Text(string column) => Convert.ToString(this[column], CultureInfo.InvariantCulture) ?? "";

    /// <summary>A number, 0 where there is none.</summary>
    public double Number(string column) => this[column] switch
    {
        long whole => whole,
        double real => real,
        _ => 0,
    };

    /// <summary>A whole number, 0 where there is none.</summary>
    public long Whole(string column) => (long)Number(column);

    /// <summary>A flag, false where there is none.</summary>
    public bool Is(string column) => this[column] is true;

    /// <summary>Several texts, none where there are none.</summary>
    public IReadOnlyList<string> Texts(string column) => this[column] as string[] ?? [];

    /// <summary>The same row with another value.</summary>
    public Row With(string column, object? value) => new(new Dictionary<string, object?>(_values) { [column] = value });
}
