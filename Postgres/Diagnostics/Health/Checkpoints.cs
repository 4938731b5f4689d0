namespace PgAspire.Postgres.Diagnostics.Health;

/// <summary>Whether checkpoints come by the clock or because the WAL is full.</summary>
internal static class Checkpoints
{
    private const long Some = 10;
    private const double Many = 0.5;

    public static Diagnostic Diagnostic { get; } = new("checkpoints", "Checkpoints by the clock and by demand, and what they wrote")
    {
        Columns =
        [
            new("timed", Unit.Count), new("requested", Unit.Count), new("requested_ratio", Unit.Ratio), new("write_ms", Unit.Milliseconds), new("sync_ms", Unit.Milliseconds),
            new("buffers_written", Unit.Count), new("max_wal_size"), new("since", Unit.Time),
        ],
        // 17 has given the checkpointer a view of its own.
        Sql = server => server.Major >= 17
            ? """
              SELECT num_timed AS timed, num_requested AS requested, num_requested / nullif(num_timed + num_requested, 0)::float8 AS requested_ratio,
                  write_time AS write_ms, sync_time AS sync_ms,
                  buffers_written, current_setting('max_wal_size') AS max_wal_size, stats_reset AS since
              FROM pg_stat_checkpointer
              """
            : """
              SELECT checkpoints_timed AS timed, checkpoints_req AS requested, checkpoints_req / nullif(checkpoints_timed + checkpoints_req, 0)::float8 AS requested_ratio,
                  checkpoint_write_time AS write_ms, checkpoint_sync_time AS sync_ms, buffers_checkpoint AS buffers_written, current_setting('max_wal_size') AS max_wal_size, stats_reset AS since
              FROM pg_stat_bgwriter
              """,
        Judge = Diagnostic.Each(Judge),
    };

    internal static Finding? Judge(Row row) =>
        row.Whole("requested") < Some || row.Number("requested_ratio") < Many
            ? null
            : new(
                Severity.Info,
                "max_wal_size",
                $"{Readable.Ratio(row.Number("requested_ratio"))} of the checkpoints came because {row.Text("max_wal_size")} of WAL were full or somebody asked: each makes pages be written whole once more",
                "give the WAL more room: settings.max_wal_size in topology.json",
                "ALTER SYSTEM SET max_wal_size = '2GB'", "SELECT pg_reload_conf()");
}
