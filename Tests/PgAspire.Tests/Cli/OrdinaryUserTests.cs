using PgAspire.Cli.Processes;
using PgAspire.Tests.Support;

namespace PgAspire.Tests.Cli;

/// <summary>Everything as a user without any rights; as one's own where the tests are not run by root.</summary>
public sealed class OrdinaryUserTests
{
    private const string Nobody = "65534";

    [Fact]
    public async Task AnOrdinaryUserHasEverythingOfHisOwn()
    {
        using var folder = new TemporaryFolder();
        folder.Write("topology.json", """{ "clusters": 1, "instances": 2, "durability": "fast" }""");
        folder.Write("initdb/1.sql", "CREATE TABLE made AS SELECT 1 AS number;");
        var script = folder.Write("initdb/2.sh", "psql -c 'INSERT INTO made VALUES (2)'\n");
        File.SetUnixFileMode(script, (UnixFileMode)0b111_101_101);
        Directory.CreateDirectory(folder.Of("state"));
        await OwnAsync(folder.Of("state"));
        var command = AsOrdinary(folder.FullPath, folder.Of("state"));
        try
        {
            (await command.RunAsync("up", "--host", "embedded", "--detach", "--no-api", "--no-monitor")).Succeeded();
            await Until.TrueAsync(async () => (await command.RunAsync("status")).ExitCode == 0, "all run");
            Assert.Equal("3\n", (await command.RunAsync("psql", "pg1", "--", "-XAtc", "SELECT sum(number) FROM made")).Succeeded().Output);
            (await command.RunAsync("down")).Succeeded();
            (await command.RunAsync("up", "--host", "embedded", "--detach", "--no-api", "--no-monitor", "--reset-passwords")).Succeeded();
            (await command.RunAsync("down", "--volumes")).Succeeded();
            await StrayProcesses.UntilNoneAsync(folder.FullPath);
        }
        finally
        {
            await StrayProcesses.KillAsync(folder.FullPath);
        }
    }

    [Fact]
    public async Task AFolderThatIsNotHisIsNamed()
    {
        Assert.SkipUnless(Native.IsRoot, "Another user's folder takes another user, and that takes root.");
        using var folder = new TemporaryFolder();
        folder.Write("topology.json", TestTopology.OneCluster);
        var message = (await AsOrdinary(folder.FullPath, folder.Of("state")).RunAsync("up", "--host", "embedded", "--detach", "--no-api", "--no-monitor")).FailedWith(1);
        Assert.StartsWith($"The state folder {folder.Of("state")} cannot be written to: ", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RootsTopologyIsClosedToOthers()
    {
        Assert.SkipUnless(Native.IsRoot, "Another user's topology takes another user, and that takes root.");
        await using var topology = await TestTopology.MakeAsync();
        (await topology.UpAsync()).Succeeded();
        var ordinary = AsOrdinary(topology.Folder, topology.State);
        foreach (var arguments in new string[][] { ["status"], ["up", "--host", "embedded", "--detach", "--no-api", "--no-monitor"], ["psql", "pg1"], ["logs", "pg1"], ["down"] })
        {
            Assert.Contains("denied", (await ordinary.RunAsync(arguments)).FailedWith(1), StringComparison.Ordinal);
        }

        Assert.Single(topology.Postmasters());
    }

    private static Pgaspire AsOrdinary(string folder, string state) => new(folder)
    {
        Prefix = Native.IsRoot ? ["setpriv", $"--reuid={Nobody}", $"--regid={Nobody}", "--clear-groups", "--"] : [],
        Environment = new Dictionary<string, string?> { ["PGASPIRE_STATE"] = state, ["HOME"] = null },
    };

    private static async Task OwnAsync(string folder)
    {
        if (Native.IsRoot)
        {
            Assert.Equal(0, (await new ExternalProgram("chown", $"{Nobody}:{Nobody}", folder).RunAsync(CancellationToken.None)).ExitCode);
        }
    }
}
