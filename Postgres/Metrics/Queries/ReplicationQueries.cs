using static PgAspire.Postgres.Metrics.MetricDefinition;

namespace PgAspire.Postgres.Metrics.Queries;

/// <summary>Replication as both its sides see it.</summary>
internal static class ReplicationQueries
{
    private const string End = "CASE WHEN pg_is_in_recovery() THEN pg_last_wal_receive_lsn() ELSE pg_current_wal_lsn() END";
    private static readonly MetricDefinition Delay = Gauge(
        "postgresql.wal.delay", "s",
        "Time between flushing recent WAL locally and receiving notification that the standby server has completed an operation with it");

    public static MetricQuery Clients { get; } = new(
        ["state", "sync_state"],
        [Gauge("postgresql.replication.clients", "{client}", "Connected replicas")],
        """
        SELECT state, sync_state, count(pid) FROM (
            SELECT state, sync_state, pid FROM pg_stat_replication WHERE state IS NOT NULL UNION ALL VALUES ('streaming', 'async', NULL::int)) r
        GROUP BY 1, 2
        """) { Rows = 6 };

    public static MetricQuery Lag { get; } = new(
        ["replication_client"],
        [
            Gauge("postgresql.replication.data_delay", "By", "The amount of data delayed in replication"),
            Delay.With(("operation", "write")), Delay.With(("operation", "flush")), Delay.With(("operation", "replay")),
        ],
        $"""
        SELECT application_name, max(greatest(pg_wal_lsn_diff({End}, replay_lsn), 0)),
               max(coalesce(extract(epoch FROM write_lag), 0)), max(coalesce(extract(epoch FROM flush_lag), 0)), max(coalesce(extract(epoch FROM replay_lag), 0))
        FROM pg_stat_replication WHERE replay_lsn IS NOT NULL GROUP BY 1
        """) { Rows = 20 };

    // Nothing to replay is no delay, however long ago the last transaction was. One that has replayed none yet is as old as its start.
    public static MetricQuery Receiver { get; } = new(
        [],
        [
            Gauge("postgresql.replication.receiver.up", "1", "1 where the replica streams from its primary"),
            Gauge("postgresql.replication.lag", "By", "WAL that is known to be there and not replayed yet"),
            Gauge("postgresql.replication.delay", "s", "Age of the last transaction replayed, 0 where the replica has caught up"),
            Gauge("postgresql.replication.receiver.message.age", "s", "Time since the primary was last heard"),
        ],
        """
        SELECT r.streams, greatest(pg_wal_lsn_diff(r.known, r.replayed), 0),
               CASE WHEN r.streams AND r.replayed >= r.known THEN 0 ELSE greatest(extract(epoch FROM clock_timestamp() - coalesce(pg_last_xact_replay_timestamp(), pg_postmaster_start_time())), 0) END,
               greatest(extract(epoch FROM clock_timestamp() - r.heard), CASE WHEN r.heard IS NOT NULL THEN 0 END)
        FROM (SELECT coalesce(w.status = 'streaming', false) AS streams, w.last_msg_receipt_time AS heard,
                     greatest(pg_last_wal_receive_lsn(), w.latest_end_lsn) AS known, pg_last_wal_replay_lsn() AS replayed
              FROM (VALUES (1)) one LEFT JOIN pg_stat_wal_receiver w ON true WHERE pg_is_in_recovery()) r
        """);

    public static MetricQuery Slots { get; } = new(
        ["slot_name", "slot_type"],
        [
            Gauge("postgresql.replication.slot.active", "1", "1 where somebody uses the slot"),
            Gauge("postgresql.replication.slot.retained", "By", "WAL that the slot keeps"),
            Gauge("postgresql.replication.slot.safe_wal", "By", "WAL that may be written before the slot loses its own"),
        ],
        $"""
        SELECT slot_name, slot_type, active, greatest(pg_wal_lsn_diff({End}, restart_lsn), CASE WHEN restart_lsn IS NOT NULL THEN 0 END), safe_wal_size
        FROM pg_replication_slots WHERE NOT temporary
        """) { Rows = 20 };

    public static MetricQuery SlotStatus { get; } = new(
        ["slot_name", "slot_type", "wal_status"],
        [Gauge("postgresql.replication.slot.status", "1", "Always 1; carries what has become of the slot's WAL")],
        "SELECT slot_name, slot_type, coalesce(wal_status, 'none'), 1 FROM pg_replication_slots WHERE NOT temporary") { Rows = 20 };

    public static IEnumerable<MetricQuery> All { get; } = [Clients, Lag, Receiver, Slots, SlotStatus];
}
