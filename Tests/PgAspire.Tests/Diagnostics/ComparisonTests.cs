using PgAspire.Postgres.Diagnostics;
using PgAspire.Postgres.Diagnostics.Indexes;
using PgAspire.Postgres.Diagnostics.Running;
using PgAspire.Postgres.Diagnostics.Settings;

namespace PgAspire.Tests.Diagnostics;

/// <summary>What several rows or several instances say together.</summary>
public sealed class ComparisonTests
{
    [Fact]
    public void AnIndexIsUnusedWhereNoInstanceOfItsClusterUsesIt()
    {
        var (everywhere, here) = (Index("a"), Index("b"));
        var findings = UnusedIndexes.Compare([Rows.Report("pg1-1", everywhere, here), Rows.Report("pg1-2", everywhere), Rows.Report("pg2-1", here)]).ToList();
        Assert.Equal([("pg1", null, "public.a"), ("pg2", "pg2-1", "public.b")], findings.Select(placed => (placed.Cluster, placed.Instance, placed.Finding.Subject)));

        static Row Index(string name) => Rows.Of(("schema", "public"), ("index", name), ("bytes", 1024 * 1024), ("counted_seconds", 10.0));
    }

    [Fact]
    public void AYoungServersSmallIndexIsNoNews() =>
        Assert.Null(UnusedIndexes.Judge(Rows.Of(("bytes", 8192), ("counted_seconds", 60.0)), 1));

    [Fact]
    public void ASettingThatDiffersIsNamedWithItsValuesAndOneThatIsAnInstancesOwnIsNot()
    {
        var changed = Setting("work_mem", "8MB", "8192", "4096");
        var findings = ServerSettingsCheck.Compare([Rows.Report("pg1-1", changed, Setting("port", "1", "1", "5432")), Rows.Report("pg1-2", Setting("port", "2", "2", "5432"))]).ToList();
        Assert.Equal("instances have different values: 8MB on pg1-1; the default on pg1-2", Assert.Single(findings).Finding.Meaning);
        Assert.Empty(ServerSettingsCheck.Compare([Rows.Report("pg1-1", changed), Rows.Report("pg2-1", changed)]));
        Assert.Empty(ServerSettingsCheck.Compare([Rows.Report("pg1-1", Setting("work_mem", "4MB", "4096", "4096")), Rows.Report("pg2-1")]));
    }

    private static Row Setting(string name, string value, string raw, string standard) => Rows.Of(("setting", name), ("value", value), ("raw", raw), ("default", standard));

    [Fact]
    public void SettingsThatAllowMoreMemoryThanThereIsAreNamed()
    {
        Row[] rows =
        [
            Rows.Of(("setting", "max_connections"), ("raw", "100")),
            Rows.Of(("setting", "hash_mem_multiplier"), ("raw", "2")),
            Rows.Of(("setting", "shared_buffers"), ("in_bytes", 1000.0)),
            Rows.Of(("setting", "work_mem"), ("in_bytes", 10.0)),
        ];
        Assert.Equal(3000, ServerSettingsCheck.Worst(rows));
        Assert.Single(ServerSettingsCheck.Judge(rows, Rows.Server() with { MemoryBytes = 2999 }));
        Assert.Empty(ServerSettingsCheck.Judge(rows, Rows.Server() with { MemoryBytes = 3000 }));
        Assert.Empty(ServerSettingsCheck.Judge(rows, Rows.Server()));
    }

    [Fact]
    public void TwoPrimariesOfOneClusterAndAReplicaThatDoesNotStreamAreNamed()
    {
        var compare = DiagnosticCatalog.Find("replication")!.Compare;
        var streaming = Rows.Of(("state", "streaming"));
        Assert.Empty(compare([Rows.Report("pg1-1", streaming), Rows.Report("pg1-2", streaming)]));
        Assert.Equal("0 of 1 replicas stream from the primary", Assert.Single(compare([Rows.Report("pg1-1"), Rows.Report("pg1-2")])).Finding.Meaning);
        Assert.Equal(Severity.Critical, Assert.Single(compare([Rows.Report("pg1-1"), Rows.Report("pg1-3")])).Finding.Severity);
    }

    [Fact]
    public void WhoWaitsStandsBelowWhomEachOnce()
    {
        // 2, 3 and 4 queue for what 1 has, each behind those before it.
        var rows = BlockingTree.Arrange([Session("4", 1, "1", "2", "3"), Session("3", 2, "1", "2"), Session("2", 3, "1"), Session("1", 0), Session("5", 9, "4")]);
        Assert.Equal(["1", "  4", "    5", "  3", "  2"], rows.Select(row => row.Text("session")));
        Assert.Equal([4L, 1L, 0L, 0L, 0L], rows.Select(row => row.Whole("waiting")));
        Assert.Equal(9, rows[0].Number("waits_seconds"));
    }

    [Fact]
    public void ACircleIsShownToo() =>
        Assert.Equal(["1", "  2"], BlockingTree.Arrange([Session("1", 1, "2"), Session("2", 1, "1")]).Select(row => row.Text("session")));

    [Fact]
    public void APreparedTransactionThatBlocksIsNamedAsOne() =>
        Assert.Equal([BlockingTree.Prepared, "  7"], BlockingTree.Arrange([Session("7", 1, "0"), Session("0", 0)]).Select(row => row.Text("session")));

    [Fact]
    public void AQueueOfHundredsIsArrangedAtOnce()
    {
        var queue = Enumerable.Range(1, 300).Select(place => Session($"{place}", place, [.. Enumerable.Range(0, place).Select(before => $"{before}")])).Append(Session("0", 0)).ToList();
        Assert.Equal(301, BlockingTree.Arrange(queue).Count);
    }

    private static Row Session(string id, double waits, params string[] blockers) =>
        Rows.Of(("session", id), ("blocked_by", blockers.Length == 0 ? null : blockers), ("waits_seconds", waits));
}
