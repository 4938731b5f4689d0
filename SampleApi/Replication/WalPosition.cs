using Npgsql;
using NpgsqlTypes;

namespace PgAspire.SampleApi.Replication;

/// <summary>A place in a cluster's write-ahead log. A later timeline is later, whatever the place in it.</summary>
public readonly record struct WalPosition(long Timeline, NpgsqlLogSequenceNumber Lsn)
{
    /// <summary>
    /// The end of the primary's log, which follows every commit before it. Not in a commit's own statement: its record is
    /// written after the statement.
    /// </summary>
    internal const string Current = "SELECT lsn, " + TimelineOf + " FROM pg_current_wal_insert_lsn() lsn";

    /// <summary>The same by a commit of its own, which is over when all before it is as durable as the cluster promises.</summary>
    internal const string Confirmed = "SELECT lsn, " + TimelineOf + " FROM pg_logical_emit_message(true, 'pgaspire', '') lsn";

    /// <summary>
    /// Whether this instance has replayed a position. The control file's timeline can lag by a restart point, and then the
    /// answer is no; without it, a replica that is ahead on a timeline that was given up would say yes.
    /// </summary>
    internal const string IsReplayed =
        "SELECT coalesce(pg_last_wal_replay_lsn() >= $1, false) AND (SELECT timeline_id >= $2 FROM pg_control_checkpoint())";

    private const string TimelineOf = "('x' || left(pg_walfile_name(lsn), 8))::bit(32)::bigint";

    public bool IsAfter(WalPosition other) => Timeline > other.Timeline || (Timeline == other.Timeline && Lsn > other.Lsn);

    internal static WalPosition Read(NpgsqlDataReader reader) => new(reader.GetInt64(1), reader.GetFieldValue<NpgsqlLogSequenceNumber>(0));

    internal NpgsqlParameter[] Parameters() =>
    [
        new NpgsqlParameter<NpgsqlLogSequenceNumber> { TypedValue = Lsn, NpgsqlDbType = NpgsqlDbType.PgLsn },
        new NpgsqlParameter<long> { TypedValue = Timeline },
    ];
}
