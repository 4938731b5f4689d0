using NpgsqlTypes;

namespace PgAspire.Postgres.Failover;

/// <summary>
/// What must outlive the supervisor, written to disk before any step that relies on it. It decides which instance may be
/// the primary: everything else may only ever start as a replica.
/// </summary>
public sealed record ClusterMemory
{
    /// <summary>Ordinal of the only instance that may take writes.</summary>
    public required int Primary { get; init; }

    /// <summary>Grows by one with every change of the primary.</summary>
    public long Term { get; init; } = 1;

    /// <summary>Whether <see cref="Primary"/> was chosen and has not yet been seen to take writes.</summary>
    public bool Promoting { get; init; }

    /// <summary>The timeline that the primary of this term was last seen on; 0 where it was never seen.</summary>
    public uint Timeline { get; init; }

    /// <summary>Ordinals of all instances that a commit's quorum may have been made of, the primary's own too.</summary>
    public IReadOnlyList<int> Voters { get; init; } = [];

    /// <summary>How many replicas among <see cref="Voters"/> have every acknowledged commit on disk; 0 where commits wait for none.</summary>
    public int Quorum { get; init; }

    /// <summary>
    /// While not null, <see cref="Quorum"/> does not hold yet: it does once that many replicas have all WAL up to here, on
    /// <see cref="Timeline"/>. Until then nobody but <see cref="Primary"/> is certain to have what earlier terms acknowledged.
    /// </summary>
    public NpgsqlLogSequenceNumber? FormingFrom { get; init; }

    /// <summary>A planned change of the primary that was asked for and is not done; null for none.</summary>
    public int? SwitchoverTo { get; init; }
}
