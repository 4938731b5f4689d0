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
    private const string Removed = " (deleted)";

    public bool AcceptsConnections => Status is "ready" or "standby";

    public bool IsStopping => Status == "stopping";

    /// <summary>Reads the file; null where there is none, or the process it names is gone or is another program's.</summary>
    public static PostmasterFile? ReadOfRunning(string data) => Read(data) is { } file && IsServerOf(file.ProcessId, data) ? file : null;

    /// <summary>Sees to it that no file of a server that is gone keeps the next one from starting.</summary>
    public static async Task LetStartAsync(string data, CancellationToken cancellationToken)
    {
        await WaitUntilReapedAsync(data, cancellationToken);
        RemoveStrangers(data);
    }

    /// <summary>A killed server keeps its number until its parent has asked for its exit code, and would be taken for alive by the next one.</summary>
    private static async Task WaitUntilReapedAsync(string data, CancellationToken cancellationToken)
    {
        if (OperatingSystem.IsLinux() && Read(data) is { } file && DetachedProcess.Find(file.ProcessId) is null)
        {
            await Wait.UntilAsync(() => !Directory.Exists($"/proc/{file.ProcessId}"), TimeSpan.FromSeconds(5), cancellationToken);
        }
    }

    /// <summary>
    /// Removes the file where a restart of the machine, or of its container, has given the number in it to a stranger, for whose
    /// sake the server would not start. It stays where any process still works in the data directory.
    /// </summary>
    private static void RemoveStrangers(string data)
    {
        if (OperatingSystem.IsLinux() && Read(data) is { } file && DetachedProcess.Find(file.ProcessId) is not null
            && !Directory.EnumerateDirectories("/proc").Any(process => MayWorkIn(process, Native.RealPath(data))))
        {
            File.Delete(Path.Combine(data, Name));
        }
    }

    /// <summary>
    /// Every process that works in a data directory, the server's own among them: a backend outlives a killed server until it next
    /// waits for something.
    /// </summary>
    /// <param name="data">The data directory.</param>
    /// <remarks>
    /// One that this user may not look into is another user's, and so another server's. Only root without the right to trace, as in
    /// some containers, does not see backends that way, and has to trust that they end with their server.
    /// </remarks>
    public static IReadOnlyList<int> ProcessesIn(string data)
    {
        if (!OperatingSystem.IsLinux())
        {
            return ReadOfRunning(data) is { } file ? [file.ProcessId] : [];
        }

        var folder = Native.RealPath(data);
        return
        [
            .. Directory.EnumerateDirectories("/proc")
                .Select(process => (Folder: process, Id: int.TryParse(Path.GetFileName(process), CultureInfo.InvariantCulture, out var id) ? id : 0))
                .Where(process => process.Id > 0 && process.Id != Environment.ProcessId && WorksIn(process.Folder, folder) && DetachedProcess.Find(process.Id) is not null)
                .Select(process => process.Id),
        ];
    }

    private static bool WorksIn(string process, string folder) =>
        WorkingFolder(process) is { } working ? working == folder : IsStartedOn(process, folder);

    /// <remarks>Its lines, from 1: process, data directory, start time, port, socket folder, address, shared memory, status.</remarks>
    private static PostmasterFile? Read(string data)
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

        return process > 0 ? new(process, port, lines.Length > 7 ? lines[7].Trim() : "") : null;
    }

    /// <summary>
    /// The working folder of a process, which for every process of a server is its data directory; null where it cannot be
    /// told, as in a container whose root may not look into other users' processes.
    /// </summary>
    private static string? WorkingFolder(string process)
    {
        try
        {
            // One whose data directory was removed still works in it.
            var target = new DirectoryInfo($"{process}/cwd").LinkTarget;
            return target is not null && target.EndsWith(Removed, StringComparison.Ordinal) ? target[..^Removed.Length] : target;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Whether a process works in a data directory, or is a PostgreSQL of which that cannot be told.</summary>
    private static bool MayWorkIn(string process, string folder) =>
        WorkingFolder(process) is { } working ? working == folder : CommandLine(process).StartsWith("postgres", StringComparison.Ordinal) || IsStartedOn(process, folder);

    /// <summary>Whether a process is a postmaster that was started on a data directory: anybody may read that.</summary>
    private static bool IsStartedOn(string process, string folder) =>
        CommandLine(process).Split('\0') is [_, "-D", var data, ..] && Native.RealPath(data) == folder;

    private static string CommandLine(string process)
    {
        try
        {
            return File.ReadAllText($"{process}/cmdline");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return ""; // Gone meanwhile.
        }
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

            var (folder, self) = (Native.RealPath(data), string.Create(CultureInfo.InvariantCulture, $"/proc/{id}"));
            return !OperatingSystem.IsLinux() || (WorkingFolder(self) is { } working ? working == folder : IsStartedOn(self, folder));
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
