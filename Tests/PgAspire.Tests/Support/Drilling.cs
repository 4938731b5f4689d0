using PgAspire.Cli.Embedded;
using PgAspire.Cli.Processes;
using PgAspire.Postgres.Drills;

namespace PgAspire.Tests.Support;

/// <summary>Drills of a test's topology, as library calls.</summary>
internal static class Drilling
{
    /// <summary>Does a drill, to the primary or to the instance named.</summary>
    public static async Task<DrillReport> DrillAsync(this TestTopology topology, DrillFault fault, string? instance = null)
    {
        var drills = await EmbeddedDrills.OfAsync(new StateFolder(topology.State, ServerUser.Current()), "pg1", TestContext.Current.CancellationToken);
        return await drills.RunAsync(
            fault, drills.Cluster.Instances.SingleOrDefault(known => known.Name == instance), new DrillOptions { Length = TimeSpan.FromSeconds(12) }, TestContext.Current.CancellationToken);
    }

    /// <summary>Fails the test where a promise was broken.</summary>
    public static DrillReport Passed(this DrillReport report)
    {
        Assert.True(report.Writes.Acknowledged > 0, "nothing was written");
        Assert.Empty(report.Writes.Lost);
        Assert.Empty(report.Writes.Doubled);
        Assert.True(report.WholeAfter is not null, $"{report.Cluster} is not whole after {report.Fault} of {report.Instance}");
        return report;
    }
}
