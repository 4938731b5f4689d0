using System.Diagnostics;
using System.Globalization;

namespace PgAspire.Cli.Embedded;

/// <summary>Finds who listens on a port, where the system lets us see it.</summary>
internal static class PortOwner
{
    /// <summary><c> by postgres, process 4711</c>, or nothing where it cannot be told.</summary>
    public static string Describe(int port)
    {
        var process = OperatingSystem.IsLinux() ? ListeningProcess(port) : null;
        return process is null ? "" : $" by {NameOf(process.Value)}, process {process}";
    }

    private static string NameOf(int id)
    {
        using var process = Process.GetProcessById(id);
        return process.ProcessName;
    }

    private static int? ListeningProcess(int port)
    {
        var sockets = new[] { "/proc/net/tcp", "/proc/net/tcp6" }
            .Where(File.Exists)
            .SelectMany(table => File.ReadLines(table).Skip(1))
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(fields => fields is [_, var local, _, "0A", ..] && local.EndsWith($":{port:X4}", StringComparison.Ordinal))
            .Select(fields => $"socket:[{fields[9]}]")
            .ToHashSet();
        return sockets.Count == 0 ? null : Directory.EnumerateDirectories("/proc")
            .Select(folder => int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var id) ? id : 0)
            .Where(id => id > 0 && Holds(id, sockets))
            .Cast<int?>()
            .FirstOrDefault();
    }

    private static bool Holds(int id, HashSet<string> sockets)
    {
        try
        {
            return Directory.EnumerateFiles($"/proc/{id}/fd").Any(file => new FileInfo(file).LinkTarget is { } target && sockets.Contains(target));
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException or IOException)
        {
            return false; // Another user's, or just ended.
        }
    }
}
