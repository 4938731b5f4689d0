using System.Globalization;
using PgAspire.Cli;
using PgAspire.Cli.Embedded;

namespace PgAspire.Benchmarks;

/// <summary>What the supervisor takes of a core while nothing happens.</summary>
internal static class SupervisionBenchmark
{
    private const int Clusters = 11;
    private const int Instances = 3;
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(20);

    public static async Task<int> RunAsync(TimeSpan length, CancellationToken cancellationToken)
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new CliException("CPU time is read on Linux only (/proc/<process>/stat).");
        }

        await using var workspace = new Workspace();
        await workspace.PgaspireAsync(
            [
                "up", "--detach", "--host", "embedded", "--no-api", "--no-monitor", "--durability", "fast",
                "--clusters", Clusters.ToString(CultureInfo.InvariantCulture), "--instances", Instances.ToString(CultureInfo.InvariantCulture),
            ],
            cancellationToken);
        var supervisor = new StateStore(new StateFolder(workspace.State, workspace.User)).Read().Supervisor!.Id;
        await Task.Delay(Settling, cancellationToken);
        var before = Ticks(supervisor);
        var seconds = await Statistics.SecondsAsync(() => Task.Delay(length, cancellationToken));
        var share = (Ticks(supervisor) - before) / 100.0 / seconds; // USER_HZ is 100 wherever Linux has .NET.
        Statistics.Heading("instances at rest", "supervisor, share of a core");
        Statistics.Row((Clusters * Instances).ToString(CultureInfo.InvariantCulture), share.ToString("0.00 %", CultureInfo.InvariantCulture));
        return ExitCodes.Done;
    }

    /// <summary>User and system time, fields 14 and 15 of proc_pid_stat(5).</summary>
    private static long Ticks(int process)
    {
        var text = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/stat"));
        var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
        return long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture);
    }
}
