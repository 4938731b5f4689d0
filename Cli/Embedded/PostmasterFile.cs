using System.Diagnostics;
using System.Globalization;
using PgAspire.Cli.Processes;

namespace PgAspire.Cli.Embedded;

/// <summary>What a server says of itself in <c>postmaster.pid</c> of its data directory.</summary>
/// <param name="ProcessId">The postmaster.</param>
/// <param name="Port">Its TCP port.</param>
/// <param name="Status"><c>starting</c>, <c>standby</c>, <c>ready</c>, <c>stopping</c>; empty before it says.</param>
internal sealed record PostmasterFile(int ProcessId, int Port, string Status)
{
    private const string Name = "postmaster.pid";

    public bool AcceptsConnections => Status is "ready" or "standby";

    /// <summary>Reads the file; null where there is none, or the process it names is gone or is another program's.</summary>
    /// <remarks>Its lines, from 1: process, data directory, start time, port, socket folder, address, shared memory, status.</remarks>
    public static PostmasterFile? ReadOfRunning(string data)
    {
        string[] lines;
        try
        {
            lines = File.ReadAllLines(Path.Combine(data, Name));
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }

        if (lines.Length < 4
            || !int.TryParse(lines[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var process)
            || !int.TryParse(lines[3], CultureInfo.InvariantCulture, out var port))
        {
            return null;
        }

        return process > 0 && IsServerOf(process, data) ? new(process, port, lines.Length > 7 ? lines[7].Trim() : "") : null;
    }

    /// <summary>After a crash the number may belong to a stranger.</summary>
    private static bool IsServerOf(int id, string data)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            if (!process.ProcessName.StartsWith("postgres", StringComparison.OrdinalIgnoreCase) || DetachedProcess.Find(id) is null)
            {
                return false;
            }

            // A postmaster's working folder is its data directory.
            return !OperatingSystem.IsLinux() || new DirectoryInfo($"/proc/{id}/cwd").LinkTarget == Native.RealPath(data);
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
