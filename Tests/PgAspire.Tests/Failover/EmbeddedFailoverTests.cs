using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using PgAspire.Cli.Embedded;
using PgAspire.Cli.Processes;
using PgAspire.Postgres.Drills;
using PgAspire.Tests.Support;

namespace PgAspire.Tests.Failover;

/// <summary>What a synchronous cluster of three outlives, with real servers. Every test leaves it whole.</summary>
public sealed class EmbeddedFailoverTests(SharedReplicatedTopology shared) : IClassFixture<SharedReplicatedTopology>
{
    private ReplicatedTopology Cluster => shared.Made;

    /// <summary>The replica that <see cref="ReplicatedTopology.Replica"/> is not.</summary>
    private string OtherReplica => Cluster.Topology.Postmasters().Keys.Single(name => name != Cluster.Replica && name != Cluster.Primary);

    [Theory]
    [InlineData(DrillFault.Kill)]
    [InlineData(DrillFault.Pause)]
    [InlineData(DrillFault.Restart)]
    [InlineData(DrillFault.Partition)]
    public async Task NoAcknowledgedWriteIsLostWithThePrimary(DrillFault fault)
    {
        await Cluster.UntilWholeAsync();
        var report = (await Cluster.Topology.DrillAsync(fault)).Passed();
        Assert.True(report.IsSynchronous);
        Assert.Equal(report.PrimaryBefore, report.Instance);
    }

    [Theory]
    [InlineData(DrillFault.Kill)]
    [InlineData(DrillFault.Pause)]
    [InlineData(DrillFault.Partition)]
    public async Task AReplicaThatFailsComesBackAndThePrimaryStays(DrillFault fault)
    {
        await Cluster.UntilWholeAsync();
        var report = (await Cluster.Topology.DrillAsync(fault, Cluster.Replica)).Passed();
        Assert.Equal(report.PrimaryBefore, report.PrimaryAfter);
    }

    [Fact]
    public async Task ASwitchoverGoesWhereItIsAskedToAndLosesNothing()
    {
        await Cluster.UntilWholeAsync();
        var (target, old) = (Cluster.Replica, Cluster.Primary);
        var before = Cluster.Topology.Log(old).Length;
        await Cluster.WriteAsync("CREATE TABLE IF NOT EXISTS switched AS SELECT 42 AS answer");
        var outcome = (await Cluster.Topology.Command.RunAsync("switchover", "pg1", "--to", target)).Succeeded();
        Assert.Equal($"pg1: {target} takes writes.\n", outcome.Output);
        Assert.Equal(target, Cluster.Primary);
        Assert.Equal(42, await Cluster.Topology.AskAsync(target, "SELECT answer FROM switched"));
        await Cluster.UntilWholeAsync();
        var log = Cluster.Topology.Log(old)[before..];
        Assert.Contains("database system is shut down", log, StringComparison.Ordinal);
        Assert.Contains("database system was shut down at", log, StringComparison.Ordinal);
        Assert.DoesNotContain("interrupted", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ASwitchoverGoesOnWithoutAReplicaThatDoesNotStart()
    {
        await Cluster.UntilWholeAsync();
        var (target, absent) = (Cluster.Replica, OtherReplica);
        var port = PostmasterFile.ReadOfRunning(Cluster.DataOf(absent))!.Port;
        // Until it is copied anew, and by then somebody else has its port.
        await File.AppendAllTextAsync(Path.Combine(Cluster.DataOf(absent), "postgresql.auto.conf"), "no_such_setting = on\n", TestContext.Current.CancellationToken);
        await Cluster.KillAsync(absent);
        using (var taken = new TcpListener(IPAddress.Loopback, port))
        {
            taken.Start();
            (await Cluster.Topology.Command.RunAsync("switchover", "pg1", "--to", target)).Succeeded();
            Assert.Equal(target, Cluster.Primary);
            Assert.DoesNotContain(absent, Cluster.Topology.Postmasters());
        }

        await Cluster.UntilWholeAsync();
    }

    [Fact]
    public async Task ASwitchoverDoesNotWaitForAReplicaThatHangs()
    {
        await Cluster.UntilWholeAsync();
        var target = Cluster.Replica;
        foreach (var process in StrayProcesses.In(Cluster.DataOf(OtherReplica)))
        {
            Native.Signal(process, Native.SigStop);
        }

        (await Cluster.Topology.Command.RunAsync("switchover", "pg1", "--to", target)).Succeeded();
        Assert.Equal(target, Cluster.Primary);
        await Cluster.UntilWholeAsync();
    }

    [Fact]
    public async Task TheCommandWritesWhatWasMeasuredAndLeavesNothingBehind()
    {
        await Cluster.UntilWholeAsync();
        var outcome = (await Cluster.Topology.Command.RunAsync("drill", "switchover", "pg1", "--json")).Succeeded();
        var report = Assert.Single(JsonSerializer.Deserialize(outcome.Output, DrillJson.Default.IReadOnlyListDrillReport)!);
        Assert.Equal((DrillFault.Switchover, true), (report.Fault, report.IsPassed));
        Assert.NotNull(report.Split);
        Assert.True(report.WriteOutage > 0);
        Assert.Equal(false, await Cluster.Topology.AskAsync(Cluster.Primary, "SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = 'pgaspire_drill')"));
    }

    [Fact]
    public async Task WithoutItsSupervisorTheDatabasesGoOnAndTheNextUpTakesOver()
    {
        await Cluster.UntilWholeAsync();
        await Cluster.KillSupervisorAsync();
        await Cluster.WriteAsync("CREATE TABLE IF NOT EXISTS unsupervised AS SELECT 42 AS answer");
        (await Cluster.Topology.Command.RunAsync("switchover", "pg1")).FailedWith(3);
        var before = Cluster.Topology.Postmasters();
        (await Cluster.Topology.UpAsync()).Succeeded();
        Assert.Equal(before, Cluster.Topology.Postmasters());
        (await Cluster.Topology.DrillAsync(DrillFault.Kill)).Passed();
    }

    [Fact]
    public async Task AfterAPowerCutTheRightPrimaryIsFoundWhicheverItWas()
    {
        await Cluster.UntilWholeAsync();
        if (Cluster.Primary != "pg1-2")
        {
            (await Cluster.Topology.Command.RunAsync("switchover", "pg1", "--to", "pg1-2")).Succeeded();
            await Cluster.UntilWholeAsync();
        }

        await Cluster.WriteAsync("CREATE TABLE IF NOT EXISTS power AS SELECT 42 AS answer");
        await Cluster.KillSupervisorAsync();
        await StrayProcesses.KillAsync(Cluster.Topology.Folder);
        (await Cluster.Topology.UpAsync()).Succeeded();
        await Cluster.UntilWholeAsync();
        Assert.Equal(42, await Cluster.Topology.AskAsync(Cluster.Primary, "SELECT answer FROM power"));
        Assert.Equal("pg1-2", Cluster.Primary);
    }

    [Fact]
    public async Task APrimaryWhoseDataAreRemovedIsReplacedAndCopiedAnew()
    {
        await Cluster.UntilWholeAsync();
        var removed = Cluster.Primary;
        await Cluster.WriteAsync("CREATE TABLE IF NOT EXISTS removed AS SELECT 42 AS answer");
        var port = PostmasterFile.ReadOfRunning(Cluster.DataOf(removed))!.Port;
        await Until.TrueAsync(() => IsRemoved(Cluster.DataOf(removed)), "its data are removed");
        // It looks for its files once a minute, where anything wakes it.
        await Until.TrueAsync(
            async () =>
            {
                using var client = new TcpClient();
                await client.ConnectAsync("127.0.0.1", port).ContinueWith(connecting => connecting.Exception, TaskScheduler.Default);
                return Cluster.Primary != removed;
            },
            "another primary is elected");
        await Cluster.UntilWholeAsync();
        Assert.Equal(42, await Cluster.Topology.AskAsync(Cluster.Primary, "SELECT answer FROM removed"));
        // What streams as a replica is one: commits count on its name.
        Assert.Contains(removed, Cluster.Topology.Postmasters());
        Assert.Equal(42, await Cluster.Topology.AskAsync(removed, "SELECT answer FROM removed"));
    }

    /// <summary>Removes a server's files, which makes new ones meanwhile.</summary>
    private static bool IsRemoved(string data)
    {
        try
        {
            Directory.Delete(data, recursive: true);
            return true;
        }
        catch (IOException)
        {
            return !Directory.Exists(data);
        }
    }
}
