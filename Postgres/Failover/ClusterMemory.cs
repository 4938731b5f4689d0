using System.Globalization;
using System.Text.Json.Serialization;
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
    /// <see cref="NotInForce"/> where commits of the primary may not even wait for it.
    /// </summary>
    public NpgsqlLogSequenceNumber? FormingFrom { get; init; }

    /// <summary>A planned change of the primary that was asked for and is not done; null for none.</summary>
    public int? SwitchoverTo { get; init; }

    /// <summary>The <see cref="FormingFrom"/> of a quorum that was decided on and is not yet in force.</summary>
    public static NpgsqlLogSequenceNumber NotInForce { get; } = new(ulong.MaxValue);

    /// <summary>What commits of the primary are to wait for: <c>any 1 of 1,2,3</c>, or empty for nothing.</summary>
    [JsonIgnore]
    public string Synchronous => Quorum == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"any {Quorum} of {string.Join(',', Voters.Order())}");

    /// <summary>Whether every acknowledged commit is certain to be on <see cref="Quorum"/> of the replicas among <see cref="Voters"/>.</summary>
    [JsonIgnore]
    public bool IsFormed => Quorum > 0 && FormingFrom is null && !Promoting;
}
