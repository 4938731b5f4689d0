using System.Globalization;
using Npgsql;
using Npgsql.Replication;
using PgAspire.Cli.Embedded;
using PgAspire.Cli.Processes;
using PgAspire.Postgres.Drills;
using PgAspire.Postgres.Roles;
using PgAspire.Tests.Support;

namespace PgAspire.Tests.Failover;

/// <summary>Situations that need a person, or more than a change of the primary. Each has a cluster of its own.</summary>
public sealed class EmbeddedTroubleTests
{
    [Fact]
    public async Task ThePrimaryOfAnAsynchronousClusterStartsAgainInPlace()
    {
        // Durability fast acknowledges commits that are not yet written, which a killed server loses.
        await using var cluster = await ReplicatedTopology.UpAsync(2, """, "settings": { "synchronous_commit": "on" }""");
        var report = (await cluster.Topology.DrillAsync(DrillFault.Kill)).Passed();
        Assert.Equal((false, report.PrimaryBefore), (report.IsSynchronous, report.PrimaryAfter));
    }

    [Fact]
    public async Task TwoThatNoLongerReachEachOtherHaveOnePrimaryAndLoseNothing()
    {
        await using var cluster = await ReplicatedTopology.UpAsync(2, """, "synchronous": "any 1" """, unresponsiveAfter: 5);
        var report = (await cluster.Topology.DrillAsync(DrillFault.Partition)).Passed();
        Assert.True(report.IsSynchronous);
        await cluster.UntilWholeAsync(1);
    }

    [Fact]
    public async Task ACopyThatWasInterruptedIsBegunAgain()
    {
        await using var topology = await TestTopology.MakeAsync("""{ "clusters": 1, "instances": 1, "durability": "fast", "initScripts": "" }""");
        (await topology.UpAsync()).Succeeded();
        await topology.AskAsync("pg1-1", "CREATE TABLE filler AS SELECT repeat(md5(n::text), 100) AS text FROM generate_series(1, 60000) AS n");
        // A base backup begins with a checkpoint, which it is kept waiting for.
        var checkpointer = (int)(await topology.AskAsync("pg1-1", "SELECT pid FROM pg_stat_activity WHERE backend_type = 'checkpointer'", RoleNames.Monitor))!;
        Native.Signal(checkpointer, Native.SigStop);
        await using (var up = topology.Command.Start("up", "--host", "embedded", "--detach", "--no-api", "--no-monitor", "--instances", "3"))
        {
            await Until.TrueAsync(() => Directory.Exists(topology.Of(".pgaspire", "data", "pg1-2")) && Directory.EnumerateDirectories(topology.Of(".pgaspire", "data", "pg1-2"), "copy-*").Any(), "the copy has begun");
            await up.KillAsync();
        }

        Native.Signal(checkpointer, Native.SigContinue);

        (await topology.UpAsync("--instances", "3")).Succeeded();
        await using var cluster = new ReplicatedTopology(topology);
        await cluster.UntilWholeAsync();
        Assert.Empty(Directory.EnumerateDirectories(topology.Of(".pgaspire", "data", "pg1-2"), "copy-*"));
    }

    [Fact]
    public async Task AReplicaWhoseSlotWasLostIsCopiedAnew()
    {
        // Room for what two copies at a time make of it, and for less than the rounds below do.
        await using var cluster = await ReplicatedTopology.UpAsync(3, """, "settings": { "max_slot_wal_keep_size": "64MB", "max_wal_size": "64MB", "min_wal_size": "32MB" }""");
        await cluster.UntilWholeAsync();
        await cluster.KillSupervisorAsync();
        await cluster.KillAsync("pg1-3");
        for (var round = 0; round < 8; round++)
        {
            await cluster.WriteAsync("DROP TABLE IF EXISTS filler; CREATE TABLE filler AS SELECT repeat(md5(n::text), 100) AS text FROM generate_series(1, 10000) AS n");
            await cluster.Topology.AskAsync("pg1-1", "SELECT pg_switch_wal()", RoleNames.Superuser);
            await cluster.Topology.AskAsync("pg1-1", "CHECKPOINT", RoleNames.Superuser);
        }

        Assert.Equal("lost", await cluster.Topology.AskAsync("pg1-1", "SELECT wal_status FROM pg_replication_slots WHERE slot_name = 'pg1_3'", RoleNames.Monitor));
        (await cluster.Topology.UpAsync()).Succeeded();
        await cluster.UntilWholeAsync();
        Assert.Equal("pg1-1", cluster.Primary);
    }

    [Fact]
    public async Task ASlotThatADeadConnectionHoldsIsFreedForItsReplica()
    {
        await using var cluster = await ReplicatedTopology.UpAsync();
        await cluster.UntilWholeAsync();
        await cluster.KillSupervisorAsync();
        await cluster.KillAsync("pg1-2");
        var marker = Path.Combine(cluster.DataOf("pg1-2"), "not-copied");
        var token = TestContext.Current.CancellationToken;
        await File.WriteAllTextAsync(marker, "", token);
        var port = PostmasterFile.ReadOfRunning(cluster.DataOf("pg1-1"))!.Port;
        await cluster.UntilSaidAsync(() => "pg1-1", "SELECT active FROM pg_replication_slots WHERE slot_name = 'pg1_2'", false, RoleNames.Monitor);
        await using var dead = new PhysicalReplicationConnection($"Host=127.0.0.1;Port={port};Username={RoleNames.Replicator};Password={cluster.Topology.Secrets()["pg1"].Replicator}");
        await dead.Open(token);
        var place = (await dead.IdentifySystem(token)).XLogPos;
        await using var messages = dead.StartReplication(new PhysicalReplicationSlot("pg1_2"), place, token).GetAsyncEnumerator(token);
        var message = messages.MoveNextAsync().AsTask();
        await cluster.UntilSaidAsync(() => "pg1-1", "SELECT active FROM pg_replication_slots WHERE slot_name = 'pg1_2'", true, RoleNames.Monitor);

        (await cluster.Topology.UpAsync()).Succeeded();
        await cluster.UntilWholeAsync();
        Assert.True(File.Exists(marker));
        await Assert.ThrowsAnyAsync<NpgsqlException>(async () =>
        {
            while (await message)
            {
                message = messages.MoveNextAsync().AsTask();
            }
        });
    }

    [Fact]
    public async Task AReplicaWhoseDiskIsFullHoldsUpNobodyAndIsMadeAnewWhereThereIsRoom()
    {
        Assert.SkipUnless(Native.IsRoot, "A disk that is full takes a mount, and that takes root.");
        await using var cluster = await ReplicatedTopology.UpAsync();
        (await cluster.Topology.Command.RunAsync("down")).Succeeded();
        await using (var disk = await SmallDisk.UnderAsync(cluster.DataOf("pg1-3"), megabytes: 120))
        {
            (await cluster.Topology.UpAsync()).Succeeded();
            await cluster.WriteAsync("CREATE TABLE filler AS SELECT n, (SELECT string_agg(md5(n::text || m), '') FROM generate_series(1, 50) AS m) AS text FROM generate_series(1, 80000) AS n");
            await cluster.UntilToldAsync("failed", $"o space left on the disk of {cluster.DataOf("pg1-3")}");
            await cluster.WriteAsync("CREATE TABLE kept AS SELECT 42 AS answer");
            Assert.Equal("pg1-1", cluster.Primary);

            await disk.ResizeAsync(megabytes: 700);
            await cluster.UntilSaidAsync(() => "pg1-3", "SELECT answer FROM kept", 42);
            (await cluster.Topology.Command.RunAsync("down")).Succeeded();
        }
    }

    [Fact]
    public async Task APrimaryThatIsNoLongerDeclaredHandsItsPartOverFirst()
    {
        await using var cluster = await ReplicatedTopology.UpAsync();
        (await cluster.Topology.Command.RunAsync("switchover", "pg1", "--to", "pg1-3")).Succeeded();
        await cluster.WriteAsync("CREATE TABLE kept AS SELECT 42 AS answer");
        (await cluster.Topology.UpAsync("--instances", "2")).Succeeded();
        Assert.Equal(("pg1-1", 42), (cluster.Primary, await cluster.Topology.AskAsync("pg1-1", "SELECT answer FROM kept")));
        Assert.Equal(["pg1-1", "pg1-2"], cluster.Topology.Postmasters().Keys.Order());
        (await cluster.Topology.UpAsync("--instances", "3")).Succeeded();
        await cluster.UntilWholeAsync();
        Assert.Equal(42, await cluster.Topology.AskAsync("pg1-3", "SELECT answer FROM kept"));
    }

    [Fact]
    public async Task WhereNoReplicaIsCertainToHaveEverythingAPersonDecides()
    {
        await using var cluster = await ReplicatedTopology.UpAsync();
        await cluster.WriteAsync("CREATE TABLE kept AS SELECT 42 AS answer");
        await cluster.UntilSaidAsync(() => "pg1-3", "SELECT answer FROM kept", 42);
        await cluster.KillSupervisorAsync();
        await cluster.KillAsync("pg1-1");
        await cluster.KillAsync("pg1-2");
        Directory.Delete(cluster.DataOf("pg1-1"), recursive: true);
        Directory.Move(cluster.DataOf("pg1-2"), cluster.Topology.Of("elsewhere"));

        var message = (await cluster.Topology.UpAsync()).FailedWith(1);
        Assert.Contains("no replica is certain to have every acknowledged write", message, StringComparison.Ordinal);
        Assert.Contains("promote", message, StringComparison.Ordinal);
        Assert.Equal("pg1-1", cluster.Primary);

        Assert.Contains("--accept-loss", (await cluster.Topology.Command.RunAsync("promote", "pg1-3")).FailedWith(2), StringComparison.Ordinal);
        (await cluster.Topology.Command.RunAsync("promote", "pg1-3", "--accept-loss")).Succeeded();
        Assert.Equal(("pg1-3", 42), (cluster.Primary, await cluster.Topology.AskAsync("pg1-3", "SELECT answer FROM kept")));
        await cluster.UntilWholeAsync();
    }

    [Fact]
    public async Task AReplicaThatIsTooFarBehindIsNotPromotedUnasked()
    {
        await using var cluster = await ReplicatedTopology.UpAsync(2);
        await cluster.UntilWholeAsync(1);
        await cluster.KillSupervisorAsync();
        await cluster.KillAsync("pg1-2");
        await cluster.WriteAsync("CREATE TABLE filler AS SELECT repeat(md5(n::text), 100) AS text FROM generate_series(1, 20000) AS n");
        await cluster.KillAsync("pg1-1");
        Directory.Delete(cluster.DataOf("pg1-1"), recursive: true);

        var message = (await cluster.Topology.UpAsync()).FailedWith(1);
        Assert.Contains("lacks", message, StringComparison.Ordinal);
        (await cluster.Topology.Command.RunAsync("promote", "pg1-2", "--accept-loss")).Succeeded();
        await cluster.UntilWholeAsync(1);
        Assert.Equal("pg1-2", cluster.Primary);
    }

    [Fact]
    public async Task APasswordChangedBehindOurBackIsToldAndMendedAndNobodyIsEndedForIt()
    {
        await using var cluster = await ReplicatedTopology.UpAsync(unresponsiveAfter: 5);
        await cluster.Topology.AskAsync("pg1-1", "ALTER ROLE postgres PASSWORD 'another'", RoleNames.Superuser);
        var before = cluster.Topology.Postmasters();
        const string Said = "pg1-1 refuses the supervisor's login: password authentication failed for user \"postgres\"; its passwords are others than in secrets.json: up --reset-passwords gives it new ones";
        Assert.Equal($"pg1: {Said}.", (await cluster.Topology.UpAsync()).FailedWith(1));
        await cluster.UntilToldAsync("problem", Said);

        // Longer than any of them may give no answer.
        await Until.TrueAsync(
            () => new[] { "pg1-1", "pg1-2", "pg1-3" }.All(instance => RefusedFor(cluster.Topology.Log(instance)) > TimeSpan.FromSeconds(20)),
            "the supervisor is refused all the time");
        Assert.Equal(before, cluster.Topology.Postmasters());
        await cluster.WriteAsync("CREATE TABLE kept AS SELECT 42 AS answer");

        (await cluster.Topology.UpAsync("--reset-passwords")).Succeeded();
        await cluster.UntilWholeAsync();
        Assert.Equal(42, await cluster.Topology.AskAsync("pg1-3", "SELECT answer FROM kept"));
    }

    /// <summary>The time between the first and the last login that a server's log tells it has refused.</summary>
    private static TimeSpan RefusedFor(string log)
    {
        var times = log.Split('\n').Where(line => line.Contains("password authentication failed", StringComparison.Ordinal))
            .Select(line => DateTime.Parse(line[.."yyyy-MM-dd HH:mm:ss.fff".Length], CultureInfo.InvariantCulture)).ToList();
        return times.Count == 0 ? TimeSpan.Zero : times[^1] - times[0];
    }
}
