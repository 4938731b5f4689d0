using System.Globalization;
using PgAspire.Cli;
using PgAspire.Cli.Embedded;

namespace PgAspire.Benchmarks;

/// <summary>The proportional set size of idle instances: what they do not share is theirs, what they share is split.</summary>
internal static class MemoryBenchmark
{
    private const int Clusters = 8;

    public static async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new CliException("PSS is measured on Linux only (/proc/<process>/smaps_rollup).");
        }

        await using var workspace = new Workspace();
        await workspace.PgaspireAsync(["up", "--detach", "--host", "embedded", "--no-api", "--no-monitor", "--clusters", Clusters.ToString(CultureInfo.InvariantCulture)], cancellationToken);
        Statistics.Heading("instance", "processes", "PSS");
        var totals = new List<double>();
        foreach (var data in Directory.EnumerateDirectories(Path.Combine(workspace.State, "data")).Order())
        {
            var postmaster = PostmasterFile.ReadOfRunning(data)!.ProcessId;
            var processes = ProcessTree(postmaster);
            var megabytes = processes.Sum(Pss) / 1024.0;
            totals.Add(megabytes);
            Statistics.Row(
                Path.GetFileName(data), processes.Count.ToString(CultureInfo.InvariantCulture), megabytes.ToString("0.0 MiB", CultureInfo.InvariantCulture));
        }

        Statistics.Row("median", "", Statistics.Median(totals).ToString("0.0 MiB", CultureInfo.InvariantCulture));
        return ExitCodes.Done;
    }

    private static List<int> ProcessTree(int postmaster) =>
        [postmaster, .. File.ReadAllText($"/proc/{postmaster}/task/{postmaster}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(text => int.Parse(text, CultureInfo.InvariantCulture))];

    private static long Pss(int process) => File.ReadLines($"/proc/{process}/smaps_rollup")
        .Where(line => line.StartsWith("Pss:", StringComparison.Ordinal))
        .Select(line => long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture)).Single();
}
