using System.Text.Json;

namespace PgAspire.AppHost.Tests.Containers;

/// <summary>The command line's own commands on a topology that Aspire hosts.</summary>
[Trait("Category", "Containers")]
public sealed class CommandLineTests : IAsyncLifetime
{
    private static readonly string[] Clusters = ["pg1", "pg2"];
    private readonly string _scope = $"test-{Guid.NewGuid():n}"[..12];

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task UpStatusPsqlLogsAndDownWorkAndEveryStopIsClean()
    {
        using var pgaspire = new Pgaspire(_scope);
        var up = await pgaspire.RunAsync("up", "--host", "aspire", "--clusters", "2", "--set", "pg_stat_statements.max=1234", "--detach");
        Assert.Contains("Ready after", up.Output, StringComparison.Ordinal);
        await IsRunningAsync(pgaspire);
        foreach (var cluster in Clusters)
        {
            Assert.Equal("1234", await PsqlAsync(pgaspire, cluster, "SHOW pg_stat_statements.max"));
            await PsqlAsync(pgaspire, cluster, $"CREATE TABLE kept AS SELECT '{cluster}' AS name");
        }

        var (ours, servers) = await pgaspire.RunAsync("logs", "pg2", "--lines", "1000");
        Assert.Contains("database system is ready to accept connections", ours + servers, StringComparison.Ordinal);
        Assert.Contains("Data are kept in their volumes", (await pgaspire.RunAsync("down")).Output, StringComparison.Ordinal);
        Assert.Equal("stopped", (await StatusAsync(pgaspire, exitCode: 3)).GetProperty("state").GetString());

        // Ctrl+C ends the next one, which knows without being told where its data are.
        using (var foreground = pgaspire.Start("up", "--clusters", "2"))
        {
            await Pgaspire.UntilWrittenAsync(foreground, "Ctrl+C stops everything; data are kept.");
            await WereShutDownAsync(pgaspire);
            await Pgaspire.InterruptAsync(foreground);
            var (_, error) = await Pgaspire.EndAsync(foreground);
            Assert.Contains("Host: aspire (this topology's data are there", error, StringComparison.Ordinal);
        }

        Assert.Empty(await ContainersAsync());
        await pgaspire.RunAsync("up", "--clusters", "2", "--detach");
        await WereShutDownAsync(pgaspire);
        Assert.Contains("all data removed", (await pgaspire.RunAsync("down", "--volumes")).Output, StringComparison.Ordinal);
        Assert.Equal("", await RunningHost.EngineAsync("volume", "ls", "-q", "--filter", $"name={_scope}"));
    }

    [Fact]
    public async Task DataWithOtherPasswordsAreToldOfAtOnceAndTheAppHostStaysToMendThem()
    {
        using var pgaspire = new Pgaspire(_scope);
        await pgaspire.RunAsync("up", "--host", "aspire", "--clusters", "1", "--detach");
        await pgaspire.RunAsync("down");
        pgaspire.Passwords = "quite-other-ones";

        Assert.Contains("pgaspire: The data of pg1-1 were made with other passwords", await pgaspire.FailAsync(1, "up", "--clusters", "1", "--detach"), StringComparison.Ordinal);

        Assert.Single((await StatusAsync(pgaspire, exitCode: 3)).GetProperty("instances").EnumerateArray(), instance => instance.GetProperty("state").GetString() == "unresponsive");
        await pgaspire.RunAsync("down", "--volumes");
    }

    [Fact]
    public async Task WhatTheAppHostCannotDoIsRefusedAndNotPassedOver()
    {
        using var pgaspire = new Pgaspire(_scope);

        Assert.Contains(
            "pgaspire: --no-api, --reset-passwords: only for --host embedded, and this is --host aspire.",
            await pgaspire.FailAsync(2, "up", "--host", "aspire", "--no-api", "--reset-passwords"), StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync() => await RunningHost.RemoveVolumesAsync(_scope);

    private static async Task IsRunningAsync(Pgaspire pgaspire)
    {
        var status = await StatusAsync(pgaspire);
        Assert.Equal(("aspire", "running"), (status.GetProperty("host").GetString(), status.GetProperty("state").GetString()));
        Assert.Equal(
            ["pg1 pg1-1 primary running", "pg2 pg2-1 primary running"],
            status.GetProperty("instances").EnumerateArray().Select(instance => string.Join(' ', new[] { "cluster", "instance", "role", "state" }.Select(name => instance.GetProperty(name).GetString()))));
        using var client = new HttpClient();
        Assert.True((await client.GetAsync(new Uri(status.GetProperty("api").GetProperty("url").GetString() + "/topology"), TestContext.Current.CancellationToken)).IsSuccessStatusCode);
        Assert.StartsWith("# ", await client.GetStringAsync(new Uri(status.GetProperty("metrics").GetProperty("url").GetString()!), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    /// <summary>What was stored before is there, and no server had to recover it.</summary>
    private async Task WereShutDownAsync(Pgaspire pgaspire)
    {
        foreach (var cluster in Clusters)
        {
            Assert.Equal(cluster, await PsqlAsync(pgaspire, cluster, "SELECT name FROM kept"));
        }

        var containers = await ContainersAsync();
        Assert.Equal(Clusters.Length, containers.Count);
        foreach (var container in containers)
        {
            var log = await RunningHost.EngineAsync("logs", container);
            Assert.Contains("database system was shut down at", log, StringComparison.Ordinal);
            Assert.DoesNotContain("automatic recovery in progress", log, StringComparison.Ordinal);
        }
    }

    private async Task<IReadOnlyList<string>> ContainersAsync()
    {
        var volumes = (await RunningHost.EngineAsync("volume", "ls", "-q", "--filter", $"name={_scope}")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(Clusters.Length, volumes.Length);
        var found = await RunningHost.EngineAsync(["ps", "-q", .. volumes.SelectMany(volume => new[] { "--filter", $"volume={volume}" })]);
        return found.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static async Task<string> PsqlAsync(Pgaspire pgaspire, string name, string sql) => (await pgaspire.RunAsync("psql", name, "--", "-X", "-A", "-t", "-c", sql)).Output.Trim();

    private static async Task<JsonElement> StatusAsync(Pgaspire pgaspire, int exitCode = 0)
    {
        using var process = pgaspire.Start("status", "--json");
        return JsonElement.Parse((await Pgaspire.EndAsync(process, exitCode)).Output);
    }
}
