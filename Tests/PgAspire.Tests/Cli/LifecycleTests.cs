using System.Text.Json.Nodes;
using PgAspire.Postgres.Roles;
using PgAspire.Tests.Support;

namespace PgAspire.Tests.Cli;

public sealed class LifecycleTests
{
    [Fact]
    public async Task ATopologyComesUpAndGoesDownAndKeepsItsData()
    {
        await using var topology = await TestTopology.MakeAsync("""{ "clusters": 3 }""");
        var up = (await topology.UpAsync()).Succeeded();
        Assert.Contains("Ready after", up.Output, StringComparison.Ordinal);
        var first = topology.Postmasters();
        Assert.Equal(["pg1-1", "pg2-1", "pg3-1"], first.Keys.Order());
        foreach (var instance in first.Keys)
        {
            await topology.AskAsync(instance, $"CREATE TABLE kept AS SELECT '{instance}' AS name");
        }

        (await topology.DownAsync()).Succeeded();
        Assert.Empty(topology.Postmasters());
        await StrayProcesses.UntilNoneAsync(topology.Folder);
        Assert.All(first.Keys, instance => Assert.Contains("database system is shut down", topology.Log(instance), StringComparison.Ordinal));

        (await topology.UpAsync()).Succeeded();
        foreach (var instance in first.Keys)
        {
            Assert.Equal(instance, await topology.AskAsync(instance, "SELECT name FROM kept"));
            Assert.DoesNotContain("not properly shut down", topology.Log(instance), StringComparison.Ordinal);
            Assert.DoesNotContain("recovery in progress", topology.Log(instance), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task StatusIsOneObjectOfTheAgreedShape()
    {
        await using var topology = await TestTopology.MakeAsync("""{ "clusters": 2, "name": "shop", "durability": "fast" }""");
        var absent = await topology.Command.RunAsync("status", "--json");
        Assert.Equal((3, """{"host":"embedded","state":"absent","api":{"url":null},"metrics":{"url":null},"monitor":{"url":null},"instances":[]}"""), (absent.ExitCode, Compact(absent.Output)));

        (await topology.UpAsync()).Succeeded();
        await topology.UntilRunningAsync();
        var running = await topology.Command.RunAsync("status", "--json");
        var version = Assert.IsType<string>(await topology.AskAsync("shop1-1", "SHOW server_version")).Split(' ')[0];
        var ports = new[] { await topology.AskAsync("shop1-1", "SHOW port"), await topology.AskAsync("shop2-1", "SHOW port") };
        Assert.Equal(
            $$"""{"host":"embedded","state":"running","api":{"url":null},"metrics":{"url":null},"monitor":{"url":null},"instances":[{{Instance(1, "running", version)}},{{Instance(2, "running", version)}}]}""",
            Compact(running.Succeeded().Output));

        (await topology.DownAsync()).Succeeded();
        var stopped = await topology.Command.RunAsync("status", "--json");
        Assert.Equal(
            (3, $$"""{"host":"embedded","state":"stopped","api":{"url":null},"metrics":{"url":null},"monitor":{"url":null},"instances":[{{Instance(1, "stopped", version.Split('.')[0])}},{{Instance(2, "stopped", version.Split('.')[0])}}]}"""),
            (stopped.ExitCode, Compact(stopped.Output)));

        string Instance(int number, string state, string shown) =>
            $$"""{"cluster":"shop{{number}}","instance":"shop{{number}}","role":"primary","state":"{{state}}","host":"127.0.0.1","port":{{ports[number - 1]}},"database":"app","version":"{{shown}}","dataDirectory":"{{topology.State}}/data/shop{{number}}-1"}""";
    }

    /// <summary>A shell could not name the variable of its connection string.</summary>
    [Fact]
    public async Task ATopologyWithAHyphenInItsNameHasItsApiToo()
    {
        await using var topology = await TestTopology.MakeAsync("""{ "clusters": 1, "name": "shop-eu", "durability": "fast" }""");
        (await topology.Command.RunAsync("up", "--host", "embedded", "--detach", "--no-monitor")).Succeeded();
        using var client = new HttpClient();
        var address = new Uri($"{(await topology.StatusAsync()).Api.Url}/topology");
        await Until.TrueAsync(
            async () => (await client.GetStringAsync(address, TestContext.Current.CancellationToken)).Contains("\"cluster\":\"shop-eu1\",\"reachable\":true", StringComparison.Ordinal),
            "the API reaches the cluster");
    }

    [Fact]
    public async Task TheTableShowsEveryInstanceAndNoPassword()
    {
        await using var topology = await TestTopology.MakeAsync();
        var up = (await topology.UpAsync()).Succeeded();
        var port = await topology.AskAsync("pg1-1", "SHOW port");
        Assert.Contains($"pg1  Host=127.0.0.1;Port={port};Database=app;Username=app;Password=…", up.Output, StringComparison.Ordinal);
        await topology.UntilRunningAsync();
        var status = (await topology.Command.RunAsync("status")).Succeeded();
        Assert.Contains($"127.0.0.1:{port}", status.Output, StringComparison.Ordinal);
        Assert.Contains("not running", status.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StartingTwiceAdoptsWhatRuns()
    {
        await using var topology = await TestTopology.MakeAsync("""{ "clusters": 2, "durability": "fast" }""");
        (await topology.UpAsync()).Succeeded();
        var before = topology.Postmasters();
        (await topology.UpAsync()).Succeeded();
        Assert.Equal(before, topology.Postmasters());
    }

    [Fact]
    public async Task DownWithVolumesRemovesTheTopologyAndNothingElse()
    {
        await using var topology = await TestTopology.MakeAsync();
        (await topology.UpAsync()).Succeeded();
        var stranger = topology.Write(".pgaspire/notes.txt", "mine");
        (await topology.DownAsync("--volumes")).Succeeded();
        await StrayProcesses.UntilNoneAsync(topology.Folder);
        Assert.Equal([stranger], Directory.EnumerateFileSystemEntries(topology.State));
        Assert.NotEmpty(Directory.EnumerateFileSystemEntries(await SharedTemplate.GetAsync()));

        File.Delete(stranger);
        (await topology.UpAsync()).Succeeded();
        (await topology.DownAsync("--volumes")).Succeeded();
        Assert.False(Directory.Exists(topology.State));
        Assert.Equal(0, (await topology.DownAsync("--volumes")).ExitCode);
    }

    [Fact]
    public async Task TheServersAreMadeAsDeclared()
    {
        await using var topology = await TestTopology.MakeAsync(
            """{ "clusters": 1, "database": "orders", "durability": "fast", "settings": { "work_mem": "8MB", "app.note": "it's \\ a note" } }""");
        (await topology.UpAsync()).Succeeded();
        foreach (var (sql, expected) in new[]
        {
            ("SHOW work_mem", "8MB"), ("SHOW app.note", @"it's \ a note"), ("SHOW fsync", "off"), ("SHOW cluster_name", "pg1"), ("SHOW data_checksums", "on"),
            ("SHOW listen_addresses", "127.0.0.1"), ("SHOW timezone", "UTC"), ("SHOW server_encoding", "UTF8"),
            ("SELECT pg_get_userbyid(datdba)::text FROM pg_database WHERE datname = 'orders'", "app"),
            ("SELECT string_agg(rolname || ':' || rolcanlogin || ':' || rolsuper || ':' || rolreplication, ' ' ORDER BY rolname)::text FROM pg_roles WHERE rolname !~ '^pg_'",
                "app:true:false:false monitor:true:false:false postgres:true:true:true replicator:true:false:true"),
            ("SELECT pg_has_role('monitor', 'pg_monitor', 'member')::text", "true"),
        })
        {
            Assert.Equal(expected, await topology.AskAsync("pg1-1", sql, RoleNames.Application, "orders"));
        }
    }

    private static string Compact(string json) => JsonNode.Parse(json)!.ToJsonString();
}
