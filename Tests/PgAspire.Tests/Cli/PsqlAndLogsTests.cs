using PgAspire.Cli.Processes;
using PgAspire.Tests.Support;

namespace PgAspire.Tests.Cli;

public sealed class PsqlAndLogsTests
{
    [Fact]
    public async Task PsqlIsASessionOfTheRoleInTheApplicationsDatabase()
    {
        await using var topology = await TestTopology.MakeAsync("""{ "clusters": 1, "instances": 2, "durability": "fast", "database": "orders", "unresponsiveAfter": 20 }""");
        (await topology.UpAsync()).Succeeded();
        Assert.Equal("app orders f\n", await AskAsync("pg1"));
        Assert.Equal("app orders f\n", await AskAsync("pg1-1"));
        Assert.Equal("app orders t\n", await AskAsync("pg1-2"));
        Assert.Equal("postgres orders f\n", await AskAsync("pg1", "--role", "postgres"));
        Assert.Equal("monitor orders t\n", await AskAsync("pg1-2", "--role", "monitor"));

        Assert.Equal(1, (await topology.Command.RunAsync("psql", "pg1", "--", "-c", "SELECT oops")).ExitCode);
        Assert.Equal("No instance or cluster is called pg2: did you mean pg1? There are pg1, pg1-1, pg1-2.", (await topology.Command.RunAsync("psql", "pg2")).FailedWith(2));
        (await topology.DownAsync()).Succeeded();
        Assert.Equal("pg1-1 does not run: pgaspire up starts it.", (await topology.Command.RunAsync("psql", "pg1")).FailedWith(3));

        async Task<string> AskAsync(string name, params string[] options) => (await topology.Command.RunAsync(
            ["psql", name, .. options, "--", "-X", "-A", "-t", "-F", " ", "-c", "SELECT current_user, current_database(), pg_is_in_recovery()"])).Succeeded().Output;
    }

    [Fact]
    public async Task LogsShowTheEndAndFollowWhatComes()
    {
        await using var topology = await TestTopology.MakeAsync();
        (await topology.UpAsync()).Succeeded();
        await topology.AskAsync("pg1-1", "DO $$ BEGIN RAISE LOG 'first %', 'mark'; END $$");
        var logs = (await topology.Command.RunAsync("logs", "pg1", "--lines", "100000")).Succeeded();
        Assert.Equal(topology.Log("pg1-1"), logs.Output);
        Assert.Equal(logs.Output.Split('\n')[^4..], (await topology.Command.RunAsync("logs", "pg1", "-n", "3")).Succeeded().Output.Split('\n'));
        Assert.Equal("", (await topology.Command.RunAsync("logs", "pg1", "-n", "0")).Succeeded().Output);

        await using var following = topology.Command.Start("logs", "pg1", "--follow");
        await following.UntilWrittenAsync("first mark");
        await topology.AskAsync("pg1-1", "DO $$ BEGIN RAISE LOG 'second %', 'mark'; END $$");
        await following.UntilWrittenAsync("second mark");
        following.Signal(Native.SigInt);
        Assert.Equal(0, (await following.EndAsync()).ExitCode);

        (await topology.DownAsync()).Succeeded();
        Assert.Contains("database system is shut down", (await topology.Command.RunAsync("logs", "pg1")).Succeeded().Output, StringComparison.Ordinal);
        Assert.EndsWith("api.log is not there: nothing was logged yet.", (await topology.Command.RunAsync("logs", "api")).FailedWith(3), StringComparison.Ordinal);
    }
}
