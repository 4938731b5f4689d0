namespace PgAspire.Postgres.Diagnostics;

/// <summary>How bad a finding is.</summary>
public enum Severity
{
    /// <summary>Worth knowing; nothing suffers yet.</summary>
    Info,

    /// <summary>Something suffers, or soon will.</summary>
    Warning,

    /// <summary>Data or service are at risk now.</summary>
    Critical,
}

/// <summary>What a diagnostic makes of what it saw.</summary>
/// <param name="Severity">How bad it is.</param>
/// <param name="Subject">What it is about: a table, an index, a session, a setting.</param>
/// <param name="Meaning">What it means.</param>
/// <param name="Advice">What to do.</param>
/// <param name="Sql">The SQL to do it with or to look further, in this order, names quoted; run by a role that may, not by <c>monitor</c>.</param>
public sealed record Finding(Severity Severity, string Subject, string Meaning, string Advice, params IReadOnlyList<string> Sql)
{
    /// <summary>Stands in <see cref="Commands"/> for the name of the instance that it was found on.</summary>
    public const string Here = "{instance}";

    /// <summary>What no SQL does: commands for a shell, after the <see cref="Sql"/>.</summary>
    public IReadOnlyList<string> Commands { get; init; } = [];

    /// <summary>SQL and commands as they are typed.</summary>
    public IEnumerable<string> Steps => Sql.Select(Terminated).Concat(Commands);

    /// <summary>The same, found on an instance.</summary>
    internal Finding On(string instance) =>
        Commands.Count == 0 ? this : this with { Commands = [.. Commands.Select(command => command.Replace(Here, instance, StringComparison.Ordinal))] };

    // A remark at the end has no quotes; a name may have two dashes.
    private static string Terminated(string sql) =>
        sql.LastIndexOf(" -- ", StringComparison.Ordinal) is > 0 and var remark && !sql.AsSpan(remark).ContainsAny('"', '\'') ? $"{sql[..remark]};{sql[remark..]}" : sql + ";";
}

/// <summary>A finding and where it is.</summary>
/// <param name="Cluster">The cluster; null where it is about the topology.</param>
/// <param name="Instance">The instance; null where it is about several.</param>
/// <param name="Finding">The finding.</param>
public sealed record PlacedFinding(string? Cluster, string? Instance, Finding Finding);
