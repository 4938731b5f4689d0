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
            var samples = new List<Sample>();
            for (var round = 0; round < rounds; round++)
            {
                samples.Add(await MeasureAsync(count, postgres, cancellationToken));
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

    private static async Task<Sample> MeasureAsync(int count, Cli.Embedded.PostgresInstallation postgres, CancellationToken cancellationToken)
    {
        await using var workspace = new Workspace();
        var raw = new RawServers(workspace, postgres, count);
        var rawNew = await Statistics.SecondsAsync(async () =>
        {
            await raw.MakeAsync(cancellationToken);
            await raw.StartAsync(cancellationToken);
        });
        await raw.StopAsync(cancellationToken);
        var rawOld = await Statistics.SecondsAsync(() => raw.StartAsync(cancellationToken));
        await raw.StopAsync(cancellationToken);
        raw.Remove();

        string[] up = ["up", "--detach", "--host", "embedded", "--no-api", "--clusters", count.ToString(CultureInfo.InvariantCulture)];
        var ownNew = await Statistics.SecondsAsync(() => workspace.PgaspireAsync(up, cancellationToken));
        await workspace.PgaspireAsync(["down"], cancellationToken);
        var ownOld = await Statistics.SecondsAsync(() => workspace.PgaspireAsync(up, cancellationToken));
        return new(rawNew, ownNew, rawOld, ownOld);
    }
}
