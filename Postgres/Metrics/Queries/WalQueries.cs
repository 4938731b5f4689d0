using static PgAspire.Postgres.Metrics.MetricDefinition;

namespace PgAspire.Postgres.Metrics.Queries;

/// <summary>The write-ahead log and its archive.</summary>
internal static class WalQueries
{
    public static MetricQuery Log { get; } = new(
        [],
        [
            Gauge("postgresql.wal.position", "By", "WAL written so far; on a replica replayed so far"),
            Counter("postgresql.wal.bytes", "By", "WAL generated"),
            Counter("postgresql.wal.records", "{record}", "WAL records generated"),
            Counter("postgresql.wal.fpi", "{image}", "WAL full page images generated"),
            Counter("postgresql.wal.buffers_full", "{write}", "Writes of WAL forced by full buffers"),
            Counter("postgresql.archiver.archived", "{file}", "WAL files archived"),
            Counter("postgresql.archiver.failed", "{file}", "Attempts to archive a WAL file that failed"),
            Gauge("postgresql.archiver.last.age", "s", "Time since the last WAL file was archived"),
        ],
        """
        SELECT pg_wal_lsn_diff(CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END, '0/0'),
               wal_bytes, wal_records, wal_fpi, wal_buffers_full, archived_count, failed_count,
               greatest(extract(epoch FROM clock_timestamp() - last_archived_time), CASE WHEN last_archived_time IS NOT NULL THEN 0 END)
        FROM pg_stat_wal, pg_stat_archiver
        """);

    public static MetricQuery Files { get; } = new(
        [],
        [
            Gauge("postgresql.wal.size", "By", "Size of the WAL on disk"),
            Gauge("postgresql.wal.files", "{file}", "Files of the WAL on disk"),
            Gauge("postgresql.wal.age", "s", "Age of the oldest WAL file"),
        ],
        """
        SELECT sum(size), count(*), greatest(extract(epoch FROM clock_timestamp() - min(modification)), 0)
        FROM pg_ls_waldir() WHERE name ~ '^[0-9A-F]{24}$'
        """) { IsSlow = true };

    public static IEnumerable<MetricQuery> All { get; } = [Log, Files];
}
