using System.Globalization;
using PgAspire.Postgres.Metrics;

namespace PgAspire.Monitor.Host;

/// <summary>A control group, version 2.</summary>
/// <remarks>See <see href="https://docs.kernel.org/admin-guide/cgroup-v2.html"/>.</remarks>
internal static class CgroupView
{
    public static void Read(string folder, MetricSample sample)
    {
        var cpu = Fields(Path.Combine(folder, "cpu.stat"));
        sample.Add(HostMetrics.CpuTime, cpu["user_usec"] / 1e6, new KeyValuePair<string, object?>("cpu.mode", "user"));
        sample.Add(HostMetrics.CpuTime, cpu["system_usec"] / 1e6, new KeyValuePair<string, object?>("cpu.mode", "system"));

        // What the kernel would give back at once is not what the instance needs.
        var memory = Number(Path.Combine(folder, "memory.current")) - Fields(Path.Combine(folder, "memory.stat"))["inactive_file"];
        sample.Add(HostMetrics.Memory, Math.Max(0, memory));
        sample.Add(HostMetrics.Processes, Number(Path.Combine(folder, "pids.current")));

        // A line a device: "8:0 rbytes=1 wbytes=2 …"; none at all before the first operation.
        var devices = File.ReadAllText(Path.Combine(folder, "io.stat")).Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
        sample.Add(HostMetrics.DiskIo, Sum("rbytes="), new KeyValuePair<string, object?>("disk.io.direction", "read"));
        sample.Add(HostMetrics.DiskIo, Sum("wbytes="), new KeyValuePair<string, object?>("disk.io.direction", "write"));

        double Sum(string name) => devices.Where(field => field.StartsWith(name, StringComparison.Ordinal))
            .Sum(field => double.Parse(field.AsSpan(name.Length), CultureInfo.InvariantCulture));
    }

    private static double Number(string path) => double.Parse(File.ReadAllText(path), CultureInfo.InvariantCulture);

    private static Dictionary<string, double> Fields(string path) => File.ReadLines(path).Select(line => line.Split(' '))
        .ToDictionary(pair => pair[0], pair => double.Parse(pair[1], CultureInfo.InvariantCulture));
}
