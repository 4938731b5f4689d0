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
        string[] all = [postmaster.ToString(CultureInfo.InvariantCulture), .. Children(postmaster)];
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
        // A process that has ended, and that its parent has not asked for yet, has no memory.
        Span<byte> buffer = stackalloc byte[ProcFile.Longest];
        var statm = ProcFile.Read($"/proc/{process}/statm", buffer);
        var (resident, shared) = statm.IsEmpty ? (0, 0) : (ProcFile.Number(statm, 1), ProcFile.Number(statm, 2)); // In pages.
        if (resident == 0)
        {
            return null;
        }

        // After the name, which may hold anything: utime, stime, and those of children that have ended, in clock ticks.
        var stat = ProcFile.Read($"/proc/{process}/stat", buffer);
        if (stat.IsEmpty)
        {
            return null;
        }

        var fields = stat[(stat.LastIndexOf((byte)')') + 2)..];
        var (user, system) = (ProcFile.Number(fields, 11), ProcFile.Number(fields, 12));
        var (userOfEnded, systemOfEnded) = isParent ? (ProcFile.Number(fields, 13), ProcFile.Number(fields, 14)) : (0, 0);

        // The kernel adds those of ended children to their parent's. Closed to other users, but for root.
        var io = ProcFile.Read($"/proc/{process}/io", buffer);
        return new()
        {
            Processes = 1,
            User = user + userOfEnded,
            System = system + systemOfEnded,
            Private = (resident - shared) * Environment.SystemPageSize,
            Shared = shared * Environment.SystemPageSize,
            Io = io.IsEmpty ? null : (ProcFile.Number(io, "\nread_bytes:"u8), ProcFile.Number(io, "\nwrite_bytes:"u8)),
            Files = ProcFile.CountEntries($"/proc/{process}/fd"),
        };
    }

    private static string[] Children(int postmaster)
    {
        try
        {
            return File.ReadAllText($"/proc/{postmaster}/task/{postmaster}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return []; // It has ended, or is closed to this user.
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
