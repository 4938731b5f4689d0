using System.Globalization;
using System.Text.RegularExpressions;
using PgAspire.Postgres.Metrics;

namespace PgAspire.Monitor.Host;

/// <summary>A control group, version 2.</summary>
/// <remarks>See <see href="https://docs.kernel.org/admin-guide/cgroup-v2.html"/>.</remarks>
internal static partial class CgroupView
{
    private const string Root = "/sys/fs/cgroup";
    private const string Unified = "0::";

    /// <summary>What it tells, each apart: a controller that the group was not given has no file.</summary>
    public static IReadOnlyList<Action<string, MetricSample>> Parts { get; } = [ReadCpu, ReadMemory, ReadProcesses, ReadDisks];

    /// <summary>The folder of a container's own group; null of a process that shares its group with others.</summary>
    /// <param name="groups">What <c>/proc/…/cgroup</c> says.</param>
    /// <param name="root">Where groups are.</param>
    public static string? FolderOf(string groups, string root = Root)
    {
        var path = groups.Split('\n').FirstOrDefault(line => line.StartsWith(Unified, StringComparison.Ordinal))?[Unified.Length..];
        return path is not null && ContainerId().IsMatch(path) && File.Exists($"{root}{path}/cgroup.controllers") ? root + path : null;
    }

    private static void ReadCpu(string folder, MetricSample sample)
    {
        var cpu = Fields(Path.Combine(folder, "cpu.stat"));
        sample.Add(HostMetrics.CpuTime, cpu["user_usec"] / 1e6, new KeyValuePair<string, object?>("cpu.mode", "user"));
        sample.Add(HostMetrics.CpuTime, cpu["system_usec"] / 1e6, new KeyValuePair<string, object?>("cpu.mode", "system"));
    }

    // The group's total has the pages of files in it, which the kernel gives back and no process has.
    private static void ReadMemory(string folder, MetricSample sample)
    {
        var memory = Fields(Path.Combine(folder, "memory.stat"));
        sample.Add(HostMetrics.Memory, memory["anon"] + memory["shmem"]);
    }

    private static void ReadProcesses(string folder, MetricSample sample) =>
        sample.Add(HostMetrics.Processes, double.Parse(File.ReadAllText(Path.Combine(folder, "pids.current")), CultureInfo.InvariantCulture));

    private static void ReadDisks(string folder, MetricSample sample)
    {
        // A line a device: "8:0 rbytes=1 wbytes=2 …"; none at all before the first operation.
        var devices = File.ReadAllText(Path.Combine(folder, "io.stat")).Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
        sample.Add(HostMetrics.DiskIo, Sum("rbytes="), new KeyValuePair<string, object?>("disk.io.direction", "read"));
        sample.Add(HostMetrics.DiskIo, Sum("wbytes="), new KeyValuePair<string, object?>("disk.io.direction", "write"));

        double Sum(string name) => devices.Where(field => field.StartsWith(name, StringComparison.Ordinal))
            .Sum(field => double.Parse(field.AsSpan(name.Length), CultureInfo.InvariantCulture));
    }

    private static Dictionary<string, double> Fields(string path) => File.ReadLines(path).Select(line => line.Split(' '))
        .ToDictionary(pair => pair[0], pair => double.Parse(pair[1], CultureInfo.InvariantCulture));

    // Every engine names a container's group after the container: /docker/…, docker-….scope, libpod-….scope.
    [GeneratedRegex("[0-9a-f]{64}")]
    private static partial Regex ContainerId();
}
