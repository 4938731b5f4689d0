using System.Diagnostics;

namespace PgAspire.Tests.Support;

/// <summary>The processes that work in a folder: a server's working folder is its data directory.</summary>
public static class StrayProcesses
{
    public static IReadOnlyList<int> In(string folder) =>
    [
        .. Directory.EnumerateDirectories("/proc")
            .Select(path => int.TryParse(Path.GetFileName(path), out var id) ? id : 0)
            .Where(id => id > 0 && id != Environment.ProcessId && WorkingFolder(id) is { } found && (found == folder || found.StartsWith(folder + "/", StringComparison.Ordinal))),
    ];

    /// <summary>Waits until there are none: a program that a command has started may end a moment after it.</summary>
    public static Task UntilNoneAsync(string folder) => Until.TrueAsync(() => In(folder).Count == 0, $"nothing works in {folder}");

    /// <summary>Kills them all, and waits until they are gone.</summary>
    public static async Task KillAsync(string folder)
    {
        while (In(folder) is { Count: > 0 } strays)
        {
            foreach (var id in strays)
            {
                try
                {
                    using var process = Process.GetProcessById(id);
                    process.Kill();
                }
                catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
                {
                    Trace.TraceInformation($"{id} has ended by itself.");
                }
            }

            await Task.Delay(10);
        }
    }

    private static string? WorkingFolder(int id)
    {
        try
        {
            return new DirectoryInfo($"/proc/{id}/cwd").LinkTarget?.Replace(" (deleted)", "", StringComparison.Ordinal);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
