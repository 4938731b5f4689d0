using NpgsqlTypes;

namespace PgAspire.Postgres.Failover;

/// <summary>What a server said of itself when it was last asked.</summary>
/// <param name="InRecovery">Whether it is a replica; a server that is not in recovery takes writes.</param>
/// <param name="Timeline">
/// The timeline of its newest WAL. For a replica that does not stream it is what <c>IDENTIFY_SYSTEM</c> says, since the control
/// file lags behind.
/// </param>
/// <param name="Flushed">End of the WAL that it has on disk: what it would have after a promotion.</param>
/// <param name="IsSettled">
/// Whether <paramref name="Flushed"/> counts all that it has on disk: a replica that has just started does not know before it
/// has read its own WAL to the end. Always true for a primary.
/// </param>
/// <param name="Upstream">Ordinal of the instance that it is set up to follow; null for a primary, or where it follows none of its cluster.</param>
/// <param name="IsStreaming">Whether WAL comes in at the moment; false for a primary.</param>
/// <param name="Synchronous">What commits wait for on it, or would once it is promoted, as <see cref="ClusterMemory.Synchronous"/> writes it.</param>
/// <param name="Slots">Its physical replication slots, by the ordinal of the replica that each is for.</param>
public sealed record ServerAnswer(
    bool InRecovery, uint Timeline, NpgsqlLogSequenceNumber Flushed, bool IsSettled, int? Upstream, bool IsStreaming, string Synchronous, IReadOnlySet<int> Slots);
