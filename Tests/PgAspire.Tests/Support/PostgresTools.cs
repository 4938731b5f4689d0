using System.Diagnostics;

namespace PgAspire.Tests.Support;

/// <summary>Runs the programs of an installed PostgreSQL; as root, on behalf of the user <c>postgres</c>.</summary>
internal static class PostgresTools
{
    private const string ServerUser = "postgres";
    private static readonly string Folder = Directory.EnumerateDirectories("/usr/lib/postgresql")
        .Where(folder => File.Exists(Path.Combine(folder, "bin", "initdb")))
        .OrderByDescending(folder => int.Parse(Path.GetFileName(folder), System.Globalization.CultureInfo.InvariantCulture))
        .Select(folder => Path.Combine(folder, "bin")).First();

    private static bool IsRoot => Environment.UserName == "root";

    /// <summary>Lets the servers' user pass through the folder.</summary>
    public static void OpenToServers(string folder)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(folder, File.GetUnixFileMode(folder) | UnixFileMode.OtherExecute | UnixFileMode.OtherRead);
        }
    }

    public static void GiveToServers(string path)
    {
        if (IsRoot)
        {
            using var process = Process.Start("chown", [ServerUser, path]);
            process.WaitForExit();
        }
    }

    public static Task RunAsync(string program, params string[] arguments)
    {
        var path = Path.Combine(Folder, program);
        return IsRoot
            ? RunProcessAsync("setpriv", ["--reuid", ServerUser, "--regid", ServerUser, "--clear-groups", path, .. arguments])
            : RunProcessAsync(path, arguments);
    }

    /// <summary>Sends a signal to those of the processes that still are.</summary>
    public static Task KillAsync(string signal, params string[] pids)
        => RunProcessAsync("sh", ["-c", "for pid; do kill -s $0 $pid 2>/dev/null; done; true", signal, .. pids]);

    // Output goes nowhere rather than to a pipe: pg_ctl's server would inherit it and keep it open.
    private static async Task RunProcessAsync(string program, string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("sh", ["-c", "exec \"$0\" \"$@\" >/dev/null", program, .. arguments])
        {
            WorkingDirectory = "/",
        })!;
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}");
    }
}
