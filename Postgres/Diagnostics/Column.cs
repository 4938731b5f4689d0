namespace PgAspire.Postgres.Diagnostics;

/// <summary>What a column's values are, and so how they are shown.</summary>
public enum Unit
{
    /// <summary>Words.</summary>
    Text,

    /// <summary>A statement, of which no literal is kept (<see cref="Statements.StatementText"/>).</summary>
    Statement,

    /// <summary>A number of things.</summary>
    Count,

    /// <summary>Bytes.</summary>
    Bytes,

    /// <summary>Milliseconds.</summary>
    Milliseconds,

    /// <summary>Seconds.</summary>
    Seconds,

    /// <summary>A share, 0 to 1.</summary>
    Ratio,

    /// <summary>True or false.</summary>
    Flag,

    /// <summary>A point in time, UTC.</summary>
    Time,
}

/// <summary>One column of a diagnostic.</summary>
/// <param name="Name">Its name, as the SQL, the JSON and the table have it: lower-case words with underscores.</param>
/// <param name="Unit">What its values are.</param>
public sealed record Column(string Name, Unit Unit = Unit.Text)
{
    /// <summary>The tag of the row's statement that is its value where the query has none; null where the query alone has it.</summary>
    internal Func<Statements.StatementTags, string?>? Tag { get; init; }
}
