using PgAspire.Cli.Embedded;
using PgAspire.Cli.Processes;
using PgAspire.Tests.Support;

namespace PgAspire.Tests.Cli;

/// <summary>SIGKILL, which no command can do anything about; the next one must.</summary>
public sealed class KilledUpTests
{
    private const int Rounds = 8;
    private const string TwoClustersOfTwo = """{ "clusters": 2, "instances": 2, "durability": "fast", "unresponsiveAfter": 20 }""";

    [Fact]
    public async Task WheneverUpIsKilledTheNextOneMakesEverythingReady()
    {
        await using var topology = await TestTopology.MakeAsync(TwoClustersOfTwo);
        topology.Write("initdb/1.sql", "CREATE TABLE whole AS SELECT generate_series(1, 1000) AS number;");
        topology.Write("initdb/2.sql", "ALTER TABLE whole ADD PRIMARY KEY (number);");
        var random = new Random(42);
        for (var round = 1; round <= Rounds; round++)
        {
            await using (var up = topology.Command.Start("up", "--host", "embedded", "--detach", "--no-api", "--no-monitor"))
            {
                var moment = random.Next(300, 4000);
                await Task.Delay(moment, TestContext.Current.CancellationToken); // Any moment is a good one.
                if (!up.HasEnded)
                {
                    await up.KillAsync();
                }
            }

            if (round % 2 == 0)
            {
                await AssertAllReadyAsync(topology);
                (await topology.DownAsync(round % 4 == 0 ? ["--volumes"] : [])).Succeeded();
                // A supervisor that the killed command had just started ends when it sees that it is not meant.
                await StrayProcesses.UntilNoneAsync(topology.Folder);
            }
        }
    }

    [Fact]
    public async Task KillingTheCommandStopsNoDatabaseAndTheNextUpAdoptsThem()
    {
        await using var topology = await TestTopology.MakeAsync(TwoClustersOfTwo);
        await using var up = topology.Command.Start("up", "--host", "embedded", "--no-api", "--no-monitor");
        await up.UntilWrittenAsync("Ctrl+C stops everything");
        var before = topology.Postmasters();
        await up.KillAsync();
        Assert.Equal(before, topology.Postmasters());
        (await topology.UpAsync()).Succeeded();
        Assert.Equal(before, topology.Postmasters());
    }

    [Fact]
    public async Task KilledServersRecoverWithTheNextUp()
    {
        await using var topology = await TestTopology.MakeAsync("""{ "clusters": 2 }""");
        (await topology.UpAsync()).Succeeded();
        await topology.AskAsync("pg1-1", "CREATE TABLE kept AS SELECT 42 AS answer");
        await StrayProcesses.KillAsync(Path.Combine(topology.State, "data"));
        Assert.Equal("stopped", (await topology.StatusAsync()).State);
        (await topology.UpAsync()).Succeeded();
        Assert.Equal(42, await topology.AskAsync("pg1-1", "SELECT answer FROM kept"));
    }

    [Fact]
    public async Task AServerOnItsWayDownIsWaitedForAndStartedAgain()
    {
        await using var topology = await TestTopology.MakeAsync();
        (await topology.UpAsync()).Succeeded();
        var before = topology.Postmasters()["pg1-1"];
        await using (var session = await OpenAsync(topology))
        {
            Native.Signal(before, Native.SigTerm); // A smart shutdown: it waits for this session.
            await Until.TrueAsync(
                () => PostmasterFile.ReadOfRunning(Path.Combine(topology.State, "data", "pg1-1")) is null or { Status: "stopping" }, "the server stops");
            await using var up = topology.Command.Start("up", "--host", "embedded", "--detach", "--no-api", "--no-monitor");
            await session.CloseAsync();
            (await up.EndAsync()).Succeeded();
        }

        Assert.NotEqual(before, topology.Postmasters()["pg1-1"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("pgaspire.making")]
    public async Task AFolderOfAClusterBarelyBegunIsMadeAnew(string content)
    {
        await using var topology = await TestTopology.MakeAsync();
        var data = Directory.CreateDirectory(Path.Combine(topology.State, "data", "pg1-1"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        if (content.Length > 0)
        {
            File.WriteAllText(Path.Combine(data.FullName, content), "");
            File.WriteAllText(Path.Combine(data.FullName, "PG_VERSION"), "15");
        }

        (await topology.UpAsync()).Succeeded();
        await topology.UntilRunningAsync();
    }

    private static async Task<Npgsql.NpgsqlConnection> OpenAsync(TestTopology topology)
    {
        var port = PostmasterFile.ReadOfRunning(Path.Combine(topology.State, "data", "pg1-1"))!.Port;
        var connection = new Npgsql.NpgsqlConnection($"Host=127.0.0.1;Port={port};Database=app;Username=app;Password={topology.Secrets()["pg1"].Application};Pooling=false");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        return connection;
    }

    private static async Task AssertAllReadyAsync(TestTopology topology)
    {
        (await topology.UpAsync()).Succeeded();
        Assert.Equal(["pg1-1", "pg1-2", "pg2-1", "pg2-2"], topology.Postmasters().Keys.Order());
        foreach (var primary in new[] { "pg1-1", "pg2-1" })
        {
            Assert.Equal(1000L, await topology.AskAsync(primary, "SELECT count(*) FROM whole"));
            Assert.Equal(1L, await topology.AskAsync(primary, "SELECT count(*) FROM pg_constraint WHERE conrelid = 'whole'::regclass AND contype = 'p'"));
        }
    }
}
