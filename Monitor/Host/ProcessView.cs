using System.Globalization;
using PgAspire.Postgres.Metrics;

namespace PgAspire.Monitor.Host;

/// <summary>A postmaster and its children, from <c>/proc</c>.</summary>
/// <remarks>See <see href="https://man7.org/linux/man-pages/man5/proc.5.html">proc(5)</see>.</remarks>
internal static class ProcessView
{
    // USER_HZ, which is 100 on every architecture that .NET runs on.
    private const double TicksPerSecond = 100;

    public static void Read(int postmaster, MetricSample sample)
    {
        var children = ReadText($"/proc/{postmaster}/task/{postmaster}/children")?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];
        string[] all = [postmaster.ToString(CultureInfo.InvariantCulture), .. children];
        var total = all.Select(process => Read(process, isParent: process == all[0])).OfType<Usage>().Aggregate(new Usage(), (sum, usage) => sum + usage);
        if (total.Processes == 0)
        {
            return;
        }

        sample.Add(HostMetrics.CpuTime, total.User / TicksPerSecond, new KeyValuePair<string, object?>("cpu.mode", "user"));
        sample.Add(HostMetrics.CpuTime, total.System / TicksPerSecond, new KeyValuePair<string, object?>("cpu.mode", "system"));
        sample.Add(HostMetrics.Memory, total.Private + total.Shared);
        sample.Add(HostMetrics.Processes, total.Processes);
        if (total.Io is var (read, written))
        {
            sample.Add(HostMetrics.DiskIo, read, new KeyValuePair<string, object?>("disk.io.direction", "read"));
            sample.Add(HostMetrics.DiskIo, written, new KeyValuePair<string, object?>("disk.io.direction", "write"));
        }

        if (total.Files is { } files)
        {
            sample.Add(HostMetrics.Files, files);
        }
    }

    /// <summary>One process; null where it has ended.</summary>
    private static Usage? Read(string process, bool isParent)
    {
        // A process that has ended, and that its parent has not asked for yet, has a status without memory.
        if (ReadText($"/proc/{process}/stat") is not { } stat || ReadText($"/proc/{process}/status") is not { } status || !status.Contains("\nRssAnon:", StringComparison.Ordinal))
        {
            return null;
        }

        // After the name, which may hold anything: utime, stime, and those of children that have ended, in clock ticks.
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        long Ticks(int field) => long.Parse(fields[field], CultureInfo.InvariantCulture);
        return new()
        {
            Processes = 1,
            User = Ticks(11) + (isParent ? Ticks(13) : 0),
            System = Ticks(12) + (isParent ? Ticks(14) : 0),
            Private = Field(status, "RssAnon:") * 1024,
            Shared = (Field(status, "RssShmem:") + Field(status, "RssFile:")) * 1024,
            // The kernel adds those of ended children to their parent's. Closed to other users, but for root.
            Io = ReadText($"/proc/{process}/io") is { } io ? (Field(io, "read_bytes:"), Field(io, "write_bytes:")) : null,
            Files = CountFiles(process),
        };
    }

    private static long Field(string text, string name)
    {
        var line = text.Split('\n').FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))
            ?? throw new IOException($"{name} is missing: the process has ended.");
        var value = line.AsSpan(name.Length).Trim();
        return long.Parse(value.IndexOf(' ') is >= 0 and var end ? value[..end] : value, CultureInfo.InvariantCulture);
    }

    private static int? CountFiles(string process)
    {
        try
        {
            return Directory.EnumerateFileSystemEntries($"/proc/{process}/fd").Count();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string? ReadText(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private sealed record Usage
    {
        public int Processes { get; init; }

        public long User { get; init; }

        public long System { get; init; }

        public long Private { get; init; }

        /// <summary>Shared memory and program text: the same pages in every process, so that the largest share is the whole.</summary>
        public long Shared { get; init; }

        public (long Read, long Written)? Io { get; init; }

        public int? Files { get; init; }

        public static Usage operator +(Usage left, Usage right) => new()
        {
            Processes = left.Processes + right.Processes,
            User = left.User + right.User,
            System = left.System + right.System,
            Private = left.Private + right.Private,
            Shared = Math.Max(left.Shared, right.Shared),
            Io = (left.Io, right.Io) switch
            {
                ({ } one, { } other) => (one.Read + other.Read, one.Written + other.Written),
                var (one, other) => one ?? other,
            },
            Files = left.Files is null ? right.Files : left.Files + (right.Files ?? 0),
        };
    }
}
