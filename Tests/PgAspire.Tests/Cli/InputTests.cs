using PgAspire.Tests.Support;

namespace PgAspire.Tests.Cli;

public sealed class InputTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("", "up down status psql logs rebalance bench test")]
    [InlineData("up", "--clusters --instances --detach --set --pg-bin --no-api --reset-passwords --first-port --topology --state")]
    [InlineData("down", "--volumes")]
    [InlineData("status", "--json")]
    [InlineData("psql", "cluster|instance --role")]
    [InlineData("logs", "instance --follow --lines")]
    [InlineData("rebalance", "again")]
    [InlineData("bench", "args")]
    [InlineData("test", "args")]
    public async Task EveryCommandHasHelp(string command, string words)
    {
        var help = (await new Pgaspire(_folder.FullPath).RunAsync([.. command.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"])).Succeeded();
        Assert.All(words.Split(' '), word => Assert.Contains(word, help.Output, StringComparison.Ordinal));
        Assert.Empty(help.Error);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.FullPath));
    }

    [Theory]
    [InlineData("")]
    [InlineData("upp")]
    [InlineData("up --clusterz 3")]
    [InlineData("up --api-port web")]
    [InlineData("psql")]
    [InlineData("psql pg1 --role root")]
    [InlineData("logs")]
    [InlineData("logs pg1 --lines many")]
    [InlineData("status now")]
    public async Task AWrongCommandLineIsExitCode2AndMakesNothing(string arguments)
    {
        var outcome = await new Pgaspire(_folder.FullPath).RunAsync(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(2, outcome.ExitCode);
        Assert.NotEmpty(outcome.Error);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.FullPath));
    }

    [Fact]
    public async Task EveryWrongFieldIsReportedBeforeAnythingIsMade()
    {
        _folder.Write("topology.json", """{ "clusterz": 3, "instances": 0 }""");
        var command = new Pgaspire(_folder.FullPath) { Environment = new Dictionary<string, string?> { ["Topology__database"] = "Bad" } };
        Assert.Equal(
            [
                "The topology's declaration is wrong:",
                "  clusterz (topology.json): no such field; did you mean clusters?",
                "  version = \"eleven\" (command line): a PostgreSQL major version from 14 to 18",
                "  instances = \"0\" (topology.json): a whole number from 1 to 9",
                "  database = \"Bad\" (environment variable Topology__database): lower-case letters, digits and underscores, no digit first, at most 63 characters, not postgres, template0 or template1",
                "  settings.port = \"1\" (command line): not to be set: it follows from firstPort",
            ],
            (await command.RunAsync("up", "--pg-version", "eleven", "--set", "port=1")).FailedWith(2).Split('\n'));
        Assert.Equal([_folder.Of("topology.json")], Directory.EnumerateFileSystemEntries(_folder.FullPath));
    }

    [Theory]
    [InlineData("up --set work_mem", "settings = \"work_mem\" (command line --set): name=value")]
    [InlineData("up --topology nowhere.json", "a declaration's file; there is none at this path")]
    [InlineData("psql pg1", "No instance or cluster is called pg1: no topology is here yet: pgaspire up makes it.")]
    [InlineData("logs pg1", "No instance or cluster is called pg1: no topology is here yet: pgaspire up makes it.")]
    public async Task WhatIsMissingIsNamed(string arguments, string message) =>
        Assert.Contains(message, (await new Pgaspire(_folder.FullPath).RunAsync(arguments.Split(' '))).FailedWith(2), StringComparison.Ordinal);

    [Fact]
    public async Task WithoutATopologyStatusSaysSoAndDownHasNothingToDo()
    {
        var command = new Pgaspire(_folder.FullPath);
        var status = await command.RunAsync("status");
        Assert.Equal((3, "No topology is here yet: pgaspire up makes it.\n", ""), (status.ExitCode, status.Output, status.Error));
        var down = await command.RunAsync("down");
        Assert.Equal((0, "Nothing is there: no topology was ever up here.\n"), (down.ExitCode, down.Output));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.FullPath));
    }
}
