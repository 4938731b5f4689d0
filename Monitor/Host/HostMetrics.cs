using PgAspire.Postgres.Metrics;

namespace PgAspire.Monitor.Host;

/// <summary>What the host sees of an instance, after OpenTelemetry's semantic conventions.</summary>
internal static class HostMetrics
{
    private const int Interfaces = 8;

    public static readonly MetricDefinition CpuTime = MetricDefinition.Counter("process.cpu.time", "s", "CPU time of all processes of the instance");
    public static readonly MetricDefinition Memory = MetricDefinition.UpDownCounter("process.memory.usage", "By", "Memory of all processes of the instance, shared memory once");
    public static readonly MetricDefinition DiskIo = MetricDefinition.Counter("process.disk.io", "By", "Bytes from and to disks");
    public static readonly MetricDefinition Processes = MetricDefinition.UpDownCounter("process.count", "{process}", "Processes of the instance");
    public static readonly MetricDefinition Files = MetricDefinition.UpDownCounter("process.unix.file_descriptor.count", "{file_descriptor}", "Open files of the instance");
    public static readonly MetricDefinition NetworkIo = MetricDefinition.Counter("system.network.io", "By", "Bytes through the instance's network");
    public static readonly MetricDefinition FileSystem = MetricDefinition.UpDownCounter("system.filesystem.usage", "By", "The file system of the data directory");
    public static readonly MetricDefinition FileSystemLimit = MetricDefinition.UpDownCounter("system.filesystem.limit", "By", "The size of that file system");

    public static IReadOnlyList<(MetricDefinition Metric, int Series)> All { get; } =
    [
        (CpuTime, 2), (Memory, 1), (DiskIo, 2), (Processes, 1), (Files, 1), (NetworkIo, 2 * Interfaces), (FileSystem, 2), (FileSystemLimit, 1),
    ];
}
