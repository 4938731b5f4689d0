using Aspire.Hosting.Testing;
using PgAspire.Postgres.Drills;

namespace PgAspire.AppHost.Tests.Containers;

[Trait("Category", "Containers")]
public sealed class DrillTests
{
    /// <summary>One app host for all: each drill ends with a whole cluster, which the next one begins with.</summary>
    [Fact]
    public async Task EveryDrillOfTheDashboardLosesNothingAndIsPublished()
    {
        await using var host = await RunningHost.StartAsync(null, "--Topology:Clusters=1", "--Topology:Instances=3", "--Topology:Durability=fast");
        using var monitor = host.Application.CreateHttpClient("monitor", "http");
        foreach (var fault in new[] { "kill", "pause", "restart", "partition" })
        {
            var primary = await host.SqlAsync("pg1", "SHOW cluster_name");
            var done = await host.ExecuteAsync(primary, $"pgaspire-drill-{fault}");
            Assert.True(done.Success, done.Message);
            Assert.Contains(" acknowledged, 0 lost, 0 doubled", done.Data?.Value, StringComparison.Ordinal);
            TestContext.Current.TestOutputHelper?.WriteLine($"{done.Data?.Value}");
            await RunningHost.UntilAsync(async () => (await monitor.GetStringAsync("/metrics", TestContext.Current.CancellationToken)).Split('\n')
                .Any(line => line.StartsWith("pgaspire_drill_passed{", StringComparison.Ordinal) && line.Contains($"fault=\"{fault}\"", StringComparison.Ordinal) && line.EndsWith(" 1", StringComparison.Ordinal)));
        }

        var before = await host.SqlAsync("pg1", "SHOW cluster_name");
        var report = await host.Application.DrillAsync("pg1", DrillFault.Switchover, cancellationToken: TestContext.Current.CancellationToken);
        Assert.True(report.IsPassed);
        Assert.Equal((before, await host.SqlAsync("pg1", "SHOW cluster_name")), (report.PrimaryBefore, report.PrimaryAfter));
        Assert.NotEqual(before, report.PrimaryAfter);
        Assert.True(report.Writes is { Acknowledged: > 100, Lost.Count: 0 });
    }
}
