using System.Globalization;
using PgAspire.Cli.Embedded;
using PgAspire.Tests.Support;

namespace PgAspire.Tests.Monitor;

public sealed class RoleTests
{
    [Fact]
    public async Task APromotedReplicaIsAPrimaryOnANewTimeline()
    {
        await using var topology = await TestTopology.MakeAsync("""{ "clusters": 1, "instances": 2, "durability": "fast", "initScripts": "", "unresponsiveAfter": 300 }""");
        (await topology.UpAsync()).Succeeded();
        await using var monitor = new MonitorProcess(("pg1", "pg1-1", Connection(topology, "pg1-1")), ("pg1", "pg1-2", Connection(topology, "pg1-2")));
        await monitor.SeeAsync("postgresql_up", value => value == 1, "instance=pg1-1", "role=primary");
        await monitor.SeeAsync("postgresql_up", value => value == 1, "instance=pg1-2", "role=replica");
        await monitor.SeeAsync("postgresql_timeline", value => value == 1, "instance=pg1-2");

        (await topology.Command.RunAsync("switchover", "pg1", "--to", "pg1-2")).Succeeded();

        await monitor.SeeAsync("postgresql_up", value => value == 1, "instance=pg1-2", "role=primary");
        await monitor.SeeAsync("postgresql_timeline", value => value == 2, "instance=pg1-2");
        await monitor.SeeAsync("postgresql_recovery", value => value == 0, "instance=pg1-2");
        await monitor.SeeAsync("postgresql_commits_total", value => value is null, "instance=pg1-2", "role=replica");
        await monitor.SeeAsync("postgresql_replication_receiver_up", value => value is null, "instance=pg1-2");
    }

    private static string Connection(TestTopology topology, string instance) => string.Create(
        CultureInfo.InvariantCulture,
        $"Host=127.0.0.1;Port={PostmasterFile.ReadOfRunning(topology.Of(".pgaspire", "data", instance))!.Port};Database=app;Username=monitor;Password={topology.Secrets()["pg1"].Monitor}");
}
