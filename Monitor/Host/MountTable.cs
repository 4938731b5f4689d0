using System.Globalization;
using System.Text.RegularExpressions;

namespace PgAspire.Monitor.Host;

/// <summary>What is mounted where, as a process sees it. Everybody may read that of every process.</summary>
/// <remarks>See <see href="https://man7.org/linux/man-pages/man5/proc_pid_mountinfo.5.html">proc_pid_mountinfo(5)</see>.</remarks>
internal static partial class MountTable
{
    private const int DeviceField = 2;
    private const int PointField = 4;

    /// <summary>
    /// Where this process sees the file system that another one has at a path; null where it does not. A container's volume itself is closed
    /// to all but root, and the file system that holds it is not.
    /// </summary>
    public static string? Find(int process, string path)
    {
        // The nearest above it; of two at one place the later one hides the earlier, and sorting leaves it behind that.
        var holder = Read($"{process}").Where(mount => Holds(mount.Point, path)).OrderBy(mount => mount.Point.Length).LastOrDefault();
        return holder is null ? null : Read("self").FirstOrDefault(mount => mount.Device == holder.Device && Directory.Exists(mount.Point))?.Point;
    }

    private static bool Holds(string point, string path) =>
        point == path || path.StartsWith(point.EndsWith('/') ? point : $"{point}/", StringComparison.Ordinal);

    private static IEnumerable<Mount> Read(string process) => File.ReadLines($"/proc/{process}/mountinfo").Select(line => line.Split(' '))
        .Select(fields => new Mount(fields[DeviceField], Escaped().Replace(fields[PointField], Character)));

    private static string Character(Match escaped) => ((char)Convert.ToInt32(escaped.Groups[1].Value, 8)).ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\\([0-7]{3})")]
    private static partial Regex Escaped();

    /// <param name="Device">The device's numbers, <c>8:1</c>.</param>
    /// <param name="Point">Where it is mounted.</param>
    private sealed record Mount(string Device, string Point);
}
