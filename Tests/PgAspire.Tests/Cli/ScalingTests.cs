using PgAspire.Tests.Support;

namespace PgAspire.Tests.Cli;

public sealed class ScalingTests
{
    private const string ThreeClusters = """{ "clusters": 3, "durability": "fast" }""";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AFourthClusterIsAddedAndTheOthersStayAsTheyAre(bool running)
    {
        await using var topology = await TestTopology.MakeAsync(ThreeClusters);
        (await topology.UpAsync()).Succeeded();
        var before = topology.Postmasters();
        await topology.AskAsync("pg3-1", "CREATE TABLE kept AS SELECT 3 AS number");
        if (!running)
        {
            (await topology.DownAsync()).Succeeded();
        }

        (await topology.UpAsync("--clusters", "4")).Succeeded();
        var after = topology.Postmasters();
        Assert.Equal(["pg1-1", "pg2-1", "pg3-1", "pg4-1"], after.Keys.Order());
        Assert.Equal(running, before.All(after.Contains));
        Assert.Equal(3, await topology.AskAsync("pg3-1", "SELECT number FROM kept"));
    }

    [Fact]
    public async Task FewerClustersStopTheSurplusOnesAndKeepTheirData()
    {
        await using var topology = await TestTopology.MakeAsync(ThreeClusters);
        (await topology.UpAsync()).Succeeded();
        var before = topology.Postmasters();
        await topology.AskAsync("pg3-1", "CREATE TABLE kept AS SELECT 3 AS number");

        var up = (await topology.UpAsync("--clusters", "1")).Succeeded();
        Assert.Contains("pg3 is no longer declared: stopped, its data are kept.", up.Error, StringComparison.Ordinal);
        Assert.Equal([KeyValuePair.Create("pg1-1", before["pg1-1"])], topology.Postmasters());
        Assert.Equal(["pg1"], (await topology.StatusAsync()).Instances.Select(instance => instance.Instance));

        (await topology.UpAsync()).Succeeded();
        Assert.Equal(before["pg1-1"], topology.Postmasters()["pg1-1"]);
        Assert.Equal(3, await topology.AskAsync("pg3-1", "SELECT number FROM kept"));
        Assert.DoesNotContain("not properly shut down", topology.Log("pg3-1"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnotherNameIsAnotherSetOfClusters()
    {
        await using var topology = await TestTopology.MakeAsync();
        (await topology.UpAsync()).Succeeded();
        (await topology.UpAsync("--name", "shop")).Succeeded();
        Assert.Equal(["shop1-1"], topology.Postmasters().Keys);
        Assert.True(Directory.Exists(Path.Combine(topology.State, "data", "pg1-1")));
    }

    [Fact]
    public async Task EveryClusterHasASystemIdentifierOfItsOwn()
    {
        await using var topology = await TestTopology.MakeAsync(ThreeClusters);
        (await topology.UpAsync()).Succeeded();
        var identifiers = await Task.WhenAll(topology.Postmasters().Keys.Select(
            instance => topology.AskAsync(instance, "SELECT system_identifier FROM pg_control_system()", PgAspire.Postgres.Roles.RoleNames.Monitor)));
        Assert.Equal(3, identifiers.Distinct().Count());
    }

    [Fact]
    public async Task SixteenClustersComeUp()
    {
        await using var topology = await TestTopology.MakeAsync("""{ "clusters": 16, "durability": "fast" }""");
        (await topology.UpAsync()).Succeeded();
        Assert.Equal(16, topology.Postmasters().Count);
        (await topology.DownAsync()).Succeeded();
        await StrayProcesses.UntilNoneAsync(topology.Folder);
    }
}
