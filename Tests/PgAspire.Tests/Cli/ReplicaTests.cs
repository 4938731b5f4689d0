using PgAspire.Postgres.Roles;
using PgAspire.Tests.Support;

namespace PgAspire.Tests.Cli;

public sealed class ReplicaTests
{
    private const string ThreeInstances = """{ "clusters": 1, "instances": 3, "durability": "fast", "unresponsiveAfter": 20 }""";

    [Fact]
    public async Task ReplicasStreamAndKeepWhatTheyHaveThroughDownAndUp()
    {
        await using var topology = await TestTopology.MakeAsync(ThreeInstances);
        (await topology.UpAsync()).Succeeded();
        await AssertStreamingAsync(topology, 2);
        await topology.AskAsync("pg1-1", "CREATE TABLE kept AS SELECT 42 AS answer");
        await AssertArrivesAsync(topology, "pg1-2", "SELECT answer FROM kept", 42);

        (await topology.DownAsync()).Succeeded();
        (await topology.UpAsync()).Succeeded();
        await AssertStreamingAsync(topology, 2);
        await AssertArrivesAsync(topology, "pg1-3", "SELECT answer FROM kept", 42);
        await topology.UntilRunningAsync();
        var status = await topology.StatusAsync();
        Assert.Equal(
            ["pg1-1 primary running", "pg1-2 replica running", "pg1-3 replica running"],
            status.Instances.Select(instance => $"{instance.Instance} {instance.Role} {instance.State}"));
    }

    [Fact]
    public async Task AClusterGrowsAndShrinksByReplicas()
    {
        await using var topology = await TestTopology.MakeAsync();
        (await topology.UpAsync()).Succeeded();
        var primary = topology.Postmasters()["pg1-1"];
        await topology.AskAsync("pg1-1", "CREATE TABLE kept AS SELECT 42 AS answer");
        (await topology.UpAsync("--instances", "2")).Succeeded();
        Assert.Equal(primary, topology.Postmasters()["pg1-1"]);
        await AssertArrivesAsync(topology, "pg1-2", "SELECT answer FROM kept", 42);

        (await topology.UpAsync("--instances", "1")).Succeeded();
        Assert.Equal([KeyValuePair.Create("pg1-1", primary)], topology.Postmasters());
        Assert.True(File.Exists(Path.Combine(topology.State, "data", "pg1-2", "PG_VERSION")));
        (await topology.UpAsync("--instances", "2")).Succeeded();
        await AssertStreamingAsync(topology, 1);
    }

    [Fact]
    public async Task ReplicasStreamAfterNewPasswordsAndAfterANewPort()
    {
        await using var topology = await TestTopology.MakeAsync("""{ "clusters": 1, "instances": 2, "durability": "fast", "unresponsiveAfter": 20 }""");
        (await topology.UpAsync()).Succeeded();
        (await topology.UpAsync("--reset-passwords")).Succeeded();
        await AssertStreamingAsync(topology, 1);

        (await topology.DownAsync()).Succeeded();
        File.Delete(Path.Combine(topology.State, "state.json")); // Every instance gets a new port.
        (await topology.UpAsync()).Succeeded();
        await AssertStreamingAsync(topology, 1);
    }

    [Fact]
    public async Task AClusterWhosePrimaryIsGoneIsNotMadeAnew()
    {
        await using var topology = await TestTopology.MakeAsync("""{ "clusters": 1, "instances": 2, "durability": "fast", "unresponsiveAfter": 20 }""");
        (await topology.UpAsync()).Succeeded();
        (await topology.DownAsync()).Succeeded();
        Directory.Move(Path.Combine(topology.State, "data", "pg1-1"), topology.Of("lost"));
        var message = (await topology.UpAsync()).FailedWith(1);
        Assert.Contains("pg1-2", message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(topology.State, "data", "pg1-1")));
        Directory.Move(topology.Of("lost"), Path.Combine(topology.State, "data", "pg1-1"));
        (await topology.UpAsync()).Succeeded();
    }

    private static Task AssertStreamingAsync(TestTopology topology, long replicas) => Until.TrueAsync(
        async () => Equals(await topology.AskAsync("pg1-1", "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming' AND application_name ^@ 'pg1_'", RoleNames.Monitor), replicas),
        $"{replicas} replicas stream");

    private static Task AssertArrivesAsync(TestTopology topology, string instance, string sql, object expected) => Until.TrueAsync(
        async () =>
        {
            try
            {
                return Equals(await topology.AskAsync(instance, sql), expected);
            }
            catch (Npgsql.PostgresException exception) when (exception.SqlState is "42P01" or "57P03")
            {
                return false; // Not yet replayed.
            }
        },
        $"{instance} has it");
}
