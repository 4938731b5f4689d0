using PgAspire.Cli.Embedded;
using PgAspire.Cli.Processes;
using PgAspire.Tests.Monitor;
using PgAspire.Tests.Support;

namespace PgAspire.Tests.Cli;

/// <summary>The monitor's life beside the instances.</summary>
public sealed class MonitorTests
{
    private static readonly string[] Up = ["up", "--host", "embedded", "--detach", "--no-api"];
    private static readonly HttpClient Client = new();

    [Fact]
    public async Task TheMonitorFollowsTheTopologyUntilItIsDown()
    {
        await using var topology = await TestTopology.MakeAsync("""{ "clusters": 1, "durability": "fast", "initScripts": "" }""");
        Assert.Contains("monitor     http://127.0.0.1:", (await topology.Command.RunAsync(Up)).Succeeded().Output, StringComparison.Ordinal);
        var (url, first) = ((await topology.StatusAsync()).Monitor.Url, Process(topology));
        await SeeUpAsync(url, 1);
        Assert.Contains("Application started", (await topology.Command.RunAsync("logs", "monitor")).Succeeded().Output, StringComparison.Ordinal);

        (await topology.Command.RunAsync(Up)).Succeeded();
        Assert.Equal(first, Process(topology));

        (await topology.Command.RunAsync([.. Up, "--clusters", "2"])).Succeeded();
        Assert.NotEqual(first, Process(topology));
        Assert.Equal(url, (await topology.StatusAsync()).Monitor.Url);
        await SeeUpAsync(url, 2);

        var last = Process(topology);
        (await topology.Command.RunAsync([.. Up, "--no-monitor"])).Succeeded();
        Assert.False(last.IsAlive());
        Assert.Null((await topology.StatusAsync()).Monitor.Url);

        (await topology.Command.RunAsync(Up)).Succeeded();
        last = Process(topology);
        (await topology.DownAsync()).Succeeded();
        Assert.False(last.IsAlive());
    }

    private static Task SeeUpAsync(string? url, int instances) => Until.TrueAsync(
        async () => new Scrape(await Client.GetStringAsync($"{url}/metrics")).Of("postgresql_up") == instances, $"{instances} instances are watched");

    private static DetachedProcess Process(TestTopology topology) =>
        new StateStore(new(topology.State, ServerUser.Current())).Read().Services[MonitorProgram.Name].Process;
}
