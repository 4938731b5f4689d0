using static PgAspire.Postgres.Metrics.MetricDefinition;

namespace PgAspire.Postgres.Metrics.Queries;

/// <summary>Checkpoints and the background writer. PostgreSQL 17 gave the checkpointer a view of its own.</summary>
internal static class CheckpointQueries
{
    private const int OwnView = 17;
    private static readonly MetricDefinition Writes = Counter("postgresql.bgwriter.buffers.writes", "{buffers}", "Number of buffers written");
    private static readonly MetricDefinition Checkpoints = Counter(
        "postgresql.bgwriter.checkpoint.count", "{checkpoints}", "The number of checkpoints performed");

    private static readonly MetricDefinition Restartpoints = Counter(
        "postgresql.bgwriter.restartpoint.count", "{restartpoints}", "The number of restartpoints of a replica");

    private static readonly MetricDefinition Duration = Counter(
        "postgresql.bgwriter.duration", "ms", "Total time spent writing and syncing files to disk by checkpoints");

    public static MetricQuery Writer { get; } = new(
        [],
        [
            Checkpoints.With(("type", "scheduled")), Checkpoints.With(("type", "requested")),
            Duration.With(("type", "write")), Duration.With(("type", "sync")),
            Writes.With(("source", "checkpoints")), Writes.With(("source", "bgwriter")),
            Writes.With(("source", "backend")), Writes.With(("source", "backend_fsync")),
            Counter("postgresql.bgwriter.buffers.allocated", "{buffers}", "Number of buffers allocated"),
            Counter("postgresql.bgwriter.maxwritten", "1", "Number of times the background writer stopped a cleaning scan because it had written too many buffers"),
            Gauge("postgresql.checkpoint.age", "s", "Time since the last checkpoint"),
        ],
        features => features.Major < OwnView
            ? """
            SELECT checkpoints_timed, checkpoints_req, checkpoint_write_time, checkpoint_sync_time,
                   buffers_checkpoint, buffers_clean, buffers_backend, buffers_backend_fsync, buffers_alloc, maxwritten_clean,
                   greatest(extract(epoch FROM clock_timestamp() - (SELECT checkpoint_time FROM pg_control_checkpoint())), 0)
            FROM pg_stat_bgwriter
            """
            : $"""
            SELECT c.num_timed, c.num_requested, c.write_time, c.sync_time, c.buffers_written, w.buffers_clean, io.written, io.fsyncs,
                   w.buffers_alloc, w.maxwritten_clean,
                   greatest(extract(epoch FROM clock_timestamp() - (SELECT checkpoint_time FROM pg_control_checkpoint())), 0)
            FROM pg_stat_checkpointer c, pg_stat_bgwriter w,
                 (SELECT sum({BuffersWritten(features)}) AS written, sum(fsyncs) AS fsyncs FROM pg_stat_io
                  WHERE object = 'relation' AND backend_type NOT IN ('checkpointer', 'background writer')) io
            """);

    public static MetricQuery Replica { get; } = new(
        [],
        [.. new[] { "scheduled", "requested", "done" }.Select(type => Restartpoints.With(("type", type)))],
        features => features.Major < OwnView ? null : "SELECT restartpoints_timed, restartpoints_req, restartpoints_done FROM pg_stat_checkpointer");

    public static IEnumerable<MetricQuery> All { get; } = [Writer, Replica];

    // Since 18 one operation can write many buffers.
    private static string BuffersWritten(ServerFeatures features) => features.Major >= IoQueries.BytesCounted
        ? "(coalesce(write_bytes, 0) + coalesce(extend_bytes, 0)) / current_setting('block_size')::int"
        : "coalesce(writes, 0) + coalesce(extends, 0)";
}
