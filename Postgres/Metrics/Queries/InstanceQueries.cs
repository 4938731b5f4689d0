using static PgAspire.Postgres.Metrics.MetricDefinition;

namespace PgAspire.Postgres.Metrics.Queries;

/// <summary>What an instance is: version, role, timeline, limits.</summary>
internal static class InstanceQueries
{
    /// <summary>Its first value tells the role.</summary>
    public static MetricQuery State { get; } = new(
        [],
        [
            Gauge("postgresql.recovery", "1", "1 in recovery (a replica), 0 on a primary"),
            Gauge("postgresql.server.start_time", "s", "When the server started, Unix time"),
            Gauge("postgresql.timeline", "1", "The timeline it is on"),
            Gauge("postgresql.connection.max", "{connections}", "Configured maximum number of client connections allowed"),
            Gauge("postgresql.connection.reserved", "{connections}", "Connections of these that are reserved"),
            Gauge("postgresql.autovacuum.workers.max", "{worker}", "Configured maximum number of autovacuum workers"),
            UpDownCounter("postgresql.database.count", "{databases}", "Number of user databases"),
            Gauge("postgresql.vacuum.running", "{vacuum}", "Vacuums at work, manual ones too"),
        ],
        """
        SELECT pg_is_in_recovery(),
               extract(epoch FROM pg_postmaster_start_time()),
               CASE WHEN pg_is_in_recovery()
                    THEN greatest((SELECT received_tli FROM pg_stat_wal_receiver), (SELECT timeline_id FROM pg_control_checkpoint()))
                    ELSE ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::int END,
               current_setting('max_connections')::int,
               current_setting('superuser_reserved_connections')::int + coalesce(current_setting('reserved_connections', true), '0')::int,
               current_setting('autovacuum_max_workers')::int,
               (SELECT count(*) FROM pg_database WHERE NOT datistemplate),
               (SELECT count(*) FROM pg_stat_progress_vacuum)
        """);

    public static MetricQuery Info { get; } = new(
        ["version"],
        [Gauge("postgresql.server.info", "1", "Always 1; carries the server's version")],
        "SELECT split_part(current_setting('server_version'), ' ', 1), 1");

    public static MetricQuery PendingRestart { get; } = new(
        [],
        [Gauge("postgresql.settings.pending_restart", "{setting}", "Settings that wait for a restart")],
        "SELECT count(*) FROM pg_settings WHERE pending_restart") { IsSlow = true };

    public static IEnumerable<MetricQuery> All { get; } = [State, Info, PendingRestart];
}
