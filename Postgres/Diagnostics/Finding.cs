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
/// <param name="Sql">The SQL to do it with, in this order, names quoted; run by a role that may, not by <c>monitor</c>.</param>
public sealed record Finding(Severity Severity, string Subject, string Meaning, string Advice, params IReadOnlyList<string> Sql);

/// <summary>A finding and where it is.</summary>
/// <param name="Cluster">The cluster; null where it is about the topology.</param>
/// <param name="Instance">The instance; null where it is about several.</param>
/// <param name="Finding">The finding.</param>
public sealed record PlacedFinding(string? Cluster, string? Instance, Finding Finding);
