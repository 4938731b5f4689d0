using System.Globalization;
using PgAspire.Cli;

namespace PgAspire.Benchmarks;

/// <summary>How long N clusters take to be ready: roles, database, init and all, against raw servers that have none of them.</summary>
internal static class StartBenchmark
{
    public static async Task<int> RunAsync(int[] counts, int rounds, CancellationToken cancellationToken)
    {
        var postgres = await Workspace.PostgresAsync(cancellationToken);
        Console.WriteLine($"PostgreSQL {postgres.Version}, {Environment.ProcessorCount} cores, {rounds} rounds, medians.\n");
        Statistics.Heading("clusters", "from nothing: raw", "pgaspire up", "ratio", "from data: raw", "pgaspire up", "ratio");
        foreach (var count in counts)
        {
            var (samples, workspaces) = (new List<Sample>(), new List<Workspace>());
            try
            {
                for (var round = 0; round < rounds; round++)
                {
                    workspaces.Add(new());
                    samples.Add(await MeasureAsync(workspaces[^1], count, postgres, ownFirst: round % 2 == 1, cancellationToken));
                }
            }
            finally
            {
                // Only now: a file system may be slow to make files for minutes after many were deleted.
                foreach (var workspace in workspaces)
                {
                    await workspace.DisposeAsync();
                }
            }

            var (rawNew, ownNew) = (Statistics.Median(samples.Select(s => s.RawNew)), Statistics.Median(samples.Select(s => s.OwnNew)));
            var (rawOld, ownOld) = (Statistics.Median(samples.Select(s => s.RawOld)), Statistics.Median(samples.Select(s => s.OwnOld)));
            Statistics.Row(
                count.ToString(CultureInfo.InvariantCulture),
                Statistics.Seconds(rawNew), Statistics.Seconds(ownNew), Statistics.Ratio(ownNew / rawNew),
                Statistics.Seconds(rawOld), Statistics.Seconds(ownOld), Statistics.Ratio(ownOld / rawOld));
        }

        return ExitCodes.Done;
    }

    private sealed record Sample(double RawNew, double OwnNew, double RawOld, double OwnOld);

    private static async Task<Sample> MeasureAsync(
        Workspace workspace, int count, Cli.Embedded.PostgresInstallation postgres, bool ownFirst, CancellationToken cancellationToken)
    {
        var before = ownFirst ? await OwnAsync() : default;
        var raw = await RawAsync();
        var own = ownFirst ? before : await OwnAsync();
        return new(raw.New, own.New, raw.Old, own.Old);

        async Task<(double New, double Old)> RawAsync()
        {
            var servers = new RawServers(workspace, postgres, count);
            var made = await Statistics.SecondsAsync(async () =>
            {
                await servers.MakeAsync(cancellationToken);
                await servers.StartAsync(cancellationToken);
            });
            await servers.StopAsync(cancellationToken);
            var started = await Statistics.SecondsAsync(() => servers.StartAsync(cancellationToken));
            await servers.StopAsync(cancellationToken);
            return (made, started);
        }

        async Task<(double New, double Old)> OwnAsync()
        {
            string[] up = ["up", "--detach", "--host", "embedded", "--no-api", "--no-monitor", "--clusters", count.ToString(CultureInfo.InvariantCulture)];
            var made = await Statistics.SecondsAsync(() => workspace.PgaspireAsync(up, cancellationToken));
            await workspace.PgaspireAsync(["down"], cancellationToken);
            var started = await Statistics.SecondsAsync(() => workspace.PgaspireAsync(up, cancellationToken));
            await workspace.PgaspireAsync(["down"], cancellationToken);
            return (made, started);
        }
    }
}
