namespace PgAspire.Postgres.Diagnostics;

/// <summary>One question to every instance, and what to make of the answers. A new one is a file of its own and a line in <see cref="DiagnosticCatalog"/>.</summary>
/// <param name="Name">Its name, as typed.</param>
/// <param name="Description">What it shows, in one line.</param>
public sealed record Diagnostic(string Name, string Description)
{
    /// <summary>Other names, of other tools.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>The columns of its rows.</summary>
    public required IReadOnlyList<Column> Columns { get; init; }

    /// <summary>The query, which returns <see cref="Columns"/> by name, but for those that a tag of the statement may give, on any server of a supported version.</summary>
    public required Func<ServerFacts, string> Sql { get; init; }

    /// <summary>Why a server cannot be asked; null where it can.</summary>
    public Func<ServerFacts, string?> Obstacle { get; init; } = _ => null;

    /// <summary>Whether it is about what replicas have from their primary, and so is asked of primaries alone.</summary>
    public bool IsOfPrimary { get; init; }

    /// <summary>Rows found in a server's log; null where the log has none to give.</summary>
    public Func<string, IReadOnlyList<Row>>? FromLog { get; init; }

    /// <summary>Puts an instance's rows into the order and form in which they are shown.</summary>
    public Func<IReadOnlyList<Row>, IReadOnlyList<Row>> Arrange { get; init; } = rows => rows;

    /// <summary>What there is to say of one instance's rows.</summary>
    public Func<IReadOnlyList<Row>, ServerFacts, IEnumerable<Finding>> Judge { get; init; } = (_, _) => [];

    /// <summary>What there is to say of all instances together.</summary>
    public Func<IReadOnlyList<InstanceReport>, IEnumerable<PlacedFinding>> Compare { get; init; } = _ => [];

    /// <summary>A judgement of each row by itself.</summary>
    internal static Func<IReadOnlyList<Row>, ServerFacts, IEnumerable<Finding>> Each(Func<Row, Finding?> judge) =>
        (rows, _) => rows.Select(judge).OfType<Finding>();

    /// <summary>A judgement of each row by itself that depends on the server.</summary>
    internal static Func<IReadOnlyList<Row>, ServerFacts, IEnumerable<Finding>> Each(Func<Row, ServerFacts, Finding?> judge) =>
        (rows, server) => rows.Select(row => judge(row, server)).OfType<Finding>();
}
