using static PgAspire.Postgres.Metrics.MetricDefinition;

namespace PgAspire.Postgres.Metrics.Queries;

/// <summary><c>pg_stat_io</c>, which came with PostgreSQL 16; 18 counts bytes of its own.</summary>
internal static class IoQueries
{
    public const int BytesCounted = 18;
    private const int First = 16;

    public static MetricQuery Operations { get; } = new(
        ["backend_type", "object", "context", "operation"],
        [
            Counter("postgresql.io.operations", "{operation}", "I/O operations"),
            Counter("postgresql.io.bytes", "By", "Bytes of I/O operations"),
            Counter("postgresql.io.time", "s", "Time spent in I/O operations"),
        ],
        features => features.Major < First ? null : $"""
            SELECT i.backend_type, i.object, i.context, v.operation, v.operations, v.bytes, nullif(v.milliseconds, 0) / 1000
            FROM pg_stat_io i, LATERAL (VALUES
                ('read', reads, {Bytes(features, "read")}, read_time), ('write', writes, {Bytes(features, "write")}, write_time),
                ('writeback', writebacks, NULL, writeback_time), ('extend', extends, {Bytes(features, "extend")}, extend_time),
                ('hit', hits, NULL, NULL), ('evict', evictions, NULL, NULL), ('reuse', reuses, NULL, NULL), ('fsync', fsyncs, NULL, fsync_time)
            ) v (operation, operations, bytes, milliseconds)
            WHERE v.operations > 0
            """) { Rows = 120 };

    public static IEnumerable<MetricQuery> All { get; } = [Operations];

    private static string Bytes(ServerFeatures features, string operation) =>
        features.Major >= BytesCounted ? $"{operation}_bytes" : $"({operation}s * op_bytes)::numeric";
}
