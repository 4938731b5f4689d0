using PgAspire.Postgres.Drills;
using PgAspire.Tests.Support;

namespace PgAspire.Tests.Monitor;

public sealed class DrillMetricsTests
{
    private static readonly DrillReport Report = new(DrillFault.Kill, "pg1", "pg1-1", DateTimeOffset.FromUnixTimeSeconds(1_700_000_000), IsSynchronous: true)
    {
        WriteOutage = 1.5, ReadOutage = 1.25, ReplicaReadOutage = 0.5, WholeAfter = 4, PrimaryBefore = "pg1-1", PrimaryAfter = "pg1-2",
        Writes = LedgerVerdict.Of([1, 2, 3, 4], [], [1, 2, 2]),
    };

    [Fact]
    public async Task TheLastDrillOfEachKindIsPublished()
    {
        using var folder = new TemporaryFolder();
        var records = new DrillRecords(folder.FullPath);
        records.Keep(Report with { WriteOutage = 9 });
        records.Keep(Report);
        records.Keep(Report with { Instance = "pg1-3", WriteOutage = 0.1, WholeAfter = null, Writes = LedgerVerdict.Of([1], [], [1]) });
        await using var monitor = new MonitorProcess(folder.FullPath, []);
        const string Kill = "fault=kill";
        string[] primary = [Kill, "instance=pg1-1", "cluster=pg1", "role=primary"];
        string[] replica = [Kill, "instance=pg1-3", "cluster=pg1", "role=replica"];
        await monitor.SeeAsync("pgaspire_drill_start_time_seconds", value => value == 1_700_000_000, primary);
        var scrape = await monitor.ScrapeAsync();
        Assert.Equal(0, scrape.Of("pgaspire_drill_passed", primary));
        Assert.Equal(1.5, scrape.Of("pgaspire_drill_write_outage_seconds", primary));
        Assert.Equal(1.25, scrape.Of("pgaspire_drill_read_outage_seconds", [.. primary, "preference=primary"]));
        Assert.Equal(0.5, scrape.Of("pgaspire_drill_read_outage_seconds", [.. primary, "preference=replica"]));
        Assert.Equal(4, scrape.Of("pgaspire_drill_whole_after_seconds", primary));
        Assert.Equal(4, scrape.Of("pgaspire_drill_writes", [.. primary, "outcome=acknowledged"]));
        Assert.Equal(2, scrape.Of("pgaspire_drill_writes", [.. primary, "outcome=lost"]));
        Assert.Equal(1, scrape.Of("pgaspire_drill_writes", [.. primary, "outcome=doubled"]));
        Assert.Equal(0.1, scrape.Of("pgaspire_drill_write_outage_seconds", replica));
        Assert.Null(scrape.Of("pgaspire_drill_whole_after_seconds", replica));

        records.Keep(Report with { Writes = LedgerVerdict.Of([1], [], [1]) });
        await monitor.SeeAsync("pgaspire_drill_passed", value => value == 1, primary);
    }
}
