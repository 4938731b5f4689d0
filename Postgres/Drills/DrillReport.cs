namespace PgAspire.Postgres.Drills;

/// <summary>What a drill measured. Times are in seconds.</summary>
/// <param name="Fault">What was done.</param>
/// <param name="Cluster">To which cluster.</param>
/// <param name="Instance">To which of its instances.</param>
/// <param name="Begun">When.</param>
/// <param name="IsSynchronous">Whether commits wait for a replica, so that none may be lost.</param>
public sealed record DrillReport(DrillFault Fault, string Cluster, string Instance, DateTimeOffset Begun, bool IsSynchronous)
{
    /// <summary>The longest time without an acknowledged write.</summary>
    public double WriteOutage { get; init; }

    /// <summary>The longest time without an answered read that asked for the primary.</summary>
    public double ReadOutage { get; init; }

    /// <summary>The longest time without an answered read that prefers a replica.</summary>
    public double ReplicaReadOutage { get; init; }

    /// <summary>What became of the writes.</summary>
    public required LedgerVerdict Writes { get; init; }

    /// <summary>How long until every instance streamed from the primary again; null where they did not in the patience there was.</summary>
    public double? WholeAfter { get; init; }

    /// <summary>The primary before.</summary>
    public required string PrimaryBefore { get; init; }

    /// <summary>The primary afterwards; null where there is none.</summary>
    public string? PrimaryAfter { get; init; }

    /// <summary>What the instance was before, <c>primary</c> or <c>replica</c>.</summary>
    public string Role => Instance == PrimaryBefore ? "primary" : "replica";

    /// <summary>Where the write outage went; null where no other primary was chosen, or the supervisor's events are not to be had.</summary>
    public FailoverSplit? Split { get; init; }

    /// <summary>Whether what is promised was kept.</summary>
    public bool IsPassed => WholeAfter is not null && Writes.Doubled.Count == 0 && (!IsSynchronous || Writes.Lost.Count == 0);
}
