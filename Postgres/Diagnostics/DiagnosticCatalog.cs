namespace PgAspire.Postgres.Diagnostics;

/// <summary>All diagnostics.</summary>
public static class DiagnosticCatalog
{
    /// <summary>All, in the order in which they are listed.</summary>
    public static IReadOnlyList<Diagnostic> All { get; } =
    [
        Statements.SlowQueries.Diagnostic,
        Statements.Outliers.Diagnostic,
        Statements.Calls.Diagnostic,
        Running.Running.Diagnostic,
        Running.Isolation.Diagnostic,
        Running.Blocking.Diagnostic,
        Running.Locks.Diagnostic,
        Logs.Deadlocks.Diagnostic,
        Running.Connections.Diagnostic,
        Running.RoleStatistics.Diagnostic,
        Health.DatabaseStatistics.Diagnostic,
        Tables.CacheHit.Diagnostic,
        Tables.TableSizes.Diagnostic,
        Tables.TrafficProfile.Diagnostic,
        Indexes.SeqScans.Diagnostic,
        Indexes.IndexSizes.Diagnostic,
        Indexes.IndexUsage.Diagnostic,
        Indexes.UnusedIndexes.Diagnostic,
        Indexes.DuplicateIndexes.Diagnostic,
        Indexes.MissingIndexes.Diagnostic,
        Indexes.InvalidIndexes.Diagnostic,
        Tables.Bloat.Diagnostic,
        Tables.VacuumStatistics.Diagnostic,
        Health.Wraparound.Diagnostic,
        Tables.Sequences.Diagnostic,
        Tables.UnloggedTables.Diagnostic,
        Health.TemporaryFiles.Diagnostic,
        Health.PreparedTransactions.Diagnostic,
        Replication.Replication.Diagnostic,
        Replication.ReplicationSlots.Diagnostic,
        Settings.ServerSettingsCheck.Diagnostic,
        Settings.Authentication.Diagnostic,
        Health.Checksums.Diagnostic,
        Health.Checkpoints.Diagnostic,
        Health.Extensions.Diagnostic,
    ];

    /// <summary>Every name that <see cref="Find"/> takes.</summary>
    public static IEnumerable<string> Names => All.SelectMany(diagnostic => diagnostic.Aliases.Prepend(diagnostic.Name));

    /// <summary>The diagnostic of this name or alias; null where there is none.</summary>
    public static Diagnostic? Find(string name) => All.FirstOrDefault(diagnostic => diagnostic.Name == name || diagnostic.Aliases.Contains(name));
}
