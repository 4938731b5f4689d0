using System.Globalization;
using PgAspire.Cli;
using PgAspire.Cli.Embedded;
using PgAspire.Postgres.Drills;

namespace PgAspire.Benchmarks;

/// <summary>What the loss of a primary costs a synchronous cluster of three, by drills of the embedded host.</summary>
internal static class FailoverBenchmark
{
    private static readonly DrillFault[] Faults = [DrillFault.Kill, DrillFault.Pause, DrillFault.Restart, DrillFault.Switchover];

    public static async Task<int> RunAsync(int drills, CancellationToken cancellationToken)
    {
        await using var workspace = new Workspace();
        await workspace.PgaspireAsync(["up", "--detach", "--host", "embedded", "--no-api", "--no-monitor", "--clusters", "1", "--instances", "3"], cancellationToken);
        var cluster = await EmbeddedDrills.OfAsync(new StateFolder(workspace.State, workspace.User), "pg1", cancellationToken);
        // The first one also measures the supervisor's just-in-time compiler.
        await cluster.RunAsync(DrillFault.Kill, null, new DrillOptions(), cancellationToken);
        var reports = new List<DrillReport>();
        Statistics.Heading("drill", "times", "write outage, median", "99th percentile", "detection", "fencing", "election", "promotion", "reconnection", "whole again", "acknowledged", "lost");
        foreach (var fault in Faults)
        {
            var ofOne = new List<DrillReport>();
            for (var drill = 0; drill < drills; drill++)
            {
                ofOne.Add(await cluster.RunAsync(fault, null, new DrillOptions(), cancellationToken));
                await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{fault} {drill + 1}: {ofOne[^1].WriteOutage:0.00} s, whole after {ofOne[^1].WholeAfter:0.0} s, {ofOne[^1].Writes.Lost.Count} lost"));
            }

            Write(fault, ofOne);
            reports.AddRange(ofOne);
        }

        return reports.TrueForAll(report => report.IsPassed) ? ExitCodes.Done : ExitCodes.Failed;
    }

    private static void Write(DrillFault fault, List<DrillReport> reports)
    {
        var splits = reports.Select(report => report.Split).OfType<FailoverSplit>().ToList();
        string Part(Func<FailoverSplit, double> part) => splits.Count == 0 ? "–" : Statistics.Seconds(Statistics.Median(splits.Select(part)));
        Statistics.Row(
            fault.ToString().ToLowerInvariant(),
            Statistics.Rate(reports.Count),
            Statistics.Seconds(Statistics.Median(reports.Select(report => report.WriteOutage))),
            Statistics.Seconds(Statistics.Percentile(reports.Select(report => report.WriteOutage), 0.99)),
            Part(split => split.Detection),
            Part(split => split.Fencing),
            Part(split => split.Election),
            Part(split => split.Promotion),
            Part(split => split.Reconnection),
            Statistics.Seconds(Statistics.Median(reports.Select(report => report.WholeAfter ?? double.PositiveInfinity))),
            Statistics.Rate(reports.Sum(report => report.Writes.Acknowledged)),
            Statistics.Rate(reports.Sum(report => report.Writes.Lost.Count)));
    }
}
