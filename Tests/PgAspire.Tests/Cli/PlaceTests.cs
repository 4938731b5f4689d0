using PgAspire.Cli.Processes;
using PgAspire.Tests.Support;

namespace PgAspire.Tests.Cli;

/// <summary>Where a state folder may and may not lie.</summary>
public sealed class PlaceTests
{
    [Theory]
    [InlineData(" with spaces")]
    [InlineData("'quoted'")]
    [InlineData("-ünïcödé-日本")]
    [InlineData("-$HOME-`id`-\"x\"")]
    [InlineData("-100%-#1;&|")]
    public async Task AnyNameOfAFolderWillDo(string name)
    {
        await using var topology = await TestTopology.MakeAsync(name: name);
        topology.Write("initdb/1.sql", "CREATE TABLE made ();");
        topology.Write("initdb/2.sh", "psql -c 'CREATE TABLE made_too ()'\n");
        (await topology.UpAsync("--instances", "2")).Succeeded();
        Assert.Equal(2L, await topology.AskAsync("pg1-1", "SELECT count(*) FROM pg_tables WHERE tablename LIKE 'made%'"));
        (await topology.DownAsync()).Succeeded();
        await StrayProcesses.UntilNoneAsync(topology.Folder);
    }

    [Fact]
    public async Task APathTooLongForASocketHasNone()
    {
        await using var topology = await TestTopology.MakeAsync(name: new string('x', 100));
        (await topology.UpAsync()).Succeeded();
        Assert.Equal("", await topology.AskAsync("pg1-1", "SHOW unix_socket_directories", PgAspire.Postgres.Roles.RoleNames.Superuser));
    }

    [Fact]
    public async Task LinkedFoldersAreTheSameFolder()
    {
        await using var topology = await TestTopology.MakeAsync();
        using var link = new TemporaryFolder();
        Directory.CreateSymbolicLink(link.Of("here"), topology.Folder);
        (await (topology.Command with { Folder = link.Of("here") }).RunAsync("up", "--host", "embedded", "--detach", "--no-api", "--no-monitor")).Succeeded();
        var before = topology.Postmasters();
        Assert.Single(before);
        (await topology.UpAsync("--state", link.Of("here", ".pgaspire"))).Succeeded();
        Assert.Equal(before, topology.Postmasters());
        (await topology.DownAsync("--state", link.Of("here", ".pgaspire"))).Succeeded();
        Assert.Empty(topology.Postmasters());
    }

    [Fact]
    public async Task WithNarrowPermissionsTheFoldersAboveAreStillOpenToTheServers()
    {
        using var folder = new TemporaryFolder();
        folder.Write("topology.json", TestTopology.OneCluster);
        var state = folder.Of("a", "b", "state");
        var command = new Pgaspire(folder.FullPath) { Prefix = ["sh", "-c", "umask 077; exec \"$@\"", "sh"], Environment = new Dictionary<string, string?> { ["HOME"] = null, ["PGASPIRE_STATE"] = state } };
        try
        {
            (await command.RunAsync("up", "--host", "embedded", "--detach", "--no-api", "--no-monitor")).Succeeded();
            (await command.RunAsync("down", "--volumes")).Succeeded();
            Assert.False(Directory.Exists(state));
        }
        finally
        {
            await StrayProcesses.KillAsync(folder.FullPath);
        }
    }

    [Fact]
    public async Task AFolderThatCannotBeWrittenToIsNamed()
    {
        Assert.SkipUnless(File.Exists("/proc/version"), "A folder that not even root can write to is Linux's /proc.");
        using var folder = new TemporaryFolder();
        var message = (await new Pgaspire(folder.FullPath).RunAsync("up", "--host", "embedded", "--detach", "--no-api", "--no-monitor", "--state", "/proc/pgaspire")).FailedWith(1);
        Assert.StartsWith("The state folder /proc/pgaspire cannot be written to: ", message, StringComparison.Ordinal);
        Assert.EndsWith("Choose another one with --state or PGASPIRE_STATE.", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AFolderThatIsClosedToTheServersUserIsNamed()
    {
        Assert.SkipUnless(Native.IsRoot, "Only root's servers run as another user.");
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.Of("closed"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var state = folder.Of("closed", "state");
        Assert.StartsWith(
            $"{state} is closed to the user postgres, who runs the servers since PostgreSQL refuses to run as root: choose another state folder",
            (await new Pgaspire(folder.FullPath).RunAsync("up", "--host", "embedded", "--detach", "--no-api", "--no-monitor", "--state", state)).FailedWith(1),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(20, 1)] // What initdb makes does not fit.
    [InlineData(38, 1)] // It fits but for its last checkpoint.
    [InlineData(75, 2)] // A copy of it does not fit; the cluster that took the template itself is up.
    public async Task AFullDiskIsNamedAndTheNextStartWithRoomWorks(int megabytes, int clusters)
    {
        Assert.SkipUnless(Native.IsRoot, "A disk that is full takes a mount, and that takes root.");
        using var folder = new TemporaryFolder();
        folder.Write("topology.json", TestTopology.OneCluster);
        var state = Directory.CreateDirectory(folder.Of("state")).FullName;
        await using (var disk = await SmallDisk.UnderAsync(state, megabytes))
        {
            var command = new Pgaspire(folder.FullPath) { Environment = new Dictionary<string, string?> { ["PGASPIRE_STATE"] = state } };
            string[] up = ["up", "--host", "embedded", "--detach", "--no-api", "--no-monitor", "--clusters", $"{clusters}"];
            Assert.Contains("o space left on", (await command.RunAsync(up)).FailedWith(1), StringComparison.Ordinal);
            Assert.Equal(clusters > 1, StrayProcesses.In(state).Any());
            await disk.ResizeAsync(megabytes: 300);
            (await command.RunAsync(up)).Succeeded();
            (await command.RunAsync("down", "--volumes")).Succeeded();
            Assert.Empty(Directory.EnumerateFileSystemEntries(state));
        }
    }
}
