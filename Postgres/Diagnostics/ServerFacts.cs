namespace PgAspire.Postgres.Diagnostics;

/// <summary>What the choice of a diagnostic's SQL depends on.</summary>
/// <param name="Version">The server's version as <c>server_version_num</c> has it, for example 180001.</param>
/// <param name="IsReplica">Whether it is in recovery.</param>
/// <param name="Database">The database that is connected to.</param>
public sealed record ServerFacts(int Version, bool IsReplica, string Database)
{
    /// <summary>The major version, for example 18.</summary>
    public int Major => Version / 10000;

    /// <summary>Version of the extension pg_stat_statements in this database, 1.9 as 109; null where it is not there.</summary>
    /// <remarks>Its columns follow from this and not from the server's version: an upgrade leaves the extension as it was.</remarks>
    public int? StatementsVersion { get; init; }

    /// <summary>The extension's schema, quoted.</summary>
    public string StatementsSchema { get; init; } = "public";

    /// <summary>Whether the server has loaded the extension's library.</summary>
    public bool IsStatementsLoaded { get; init; } = true;

    /// <summary>Whether columns' average widths may be read, which exact estimates of bloat take; values may not.</summary>
    public bool CanReadWidths { get; init; } = true;

    /// <summary>Whether the rules of pg_hba.conf may be read.</summary>
    public bool CanReadAuthentication { get; init; } = true;

    /// <summary>Memory of the machine in bytes; null where nobody knows.</summary>
    public long? MemoryBytes { get; init; }
}
