using System.Diagnostics;
using PgAspire.Cli.Embedded;
using PgAspire.Cli.Processes;
using PgAspire.Tests.Support;

namespace PgAspire.Tests.Cli;

/// <summary>Numbers of processes that are reused after a restart of the machine.</summary>
public sealed class StaleFileTests
{
    [Fact]
    public async Task AnotherServersProcessInAStalePidFileIsNeitherAdoptedNorStoppedNorInTheWay()
    {
        await using var other = await TestTopology.MakeAsync();
        await using var topology = await TestTopology.MakeAsync();
        (await other.UpAsync()).Succeeded();
        (await topology.UpAsync()).Succeeded();
        (await topology.DownAsync()).Succeeded();
        var stranger = other.Postmasters()["pg1-1"];
        var lines = File.ReadAllLines(Path.Combine(other.State, "data", "pg1-1", "postmaster.pid"));
        topology.Write(".pgaspire/data/pg1-1/postmaster.pid", string.Join('\n', [lines[0], Path.Combine(topology.State, "data", "pg1-1"), .. lines[2..], ""]));

        Assert.Equal("stopped", (await topology.StatusAsync()).State);
        (await topology.DownAsync()).Succeeded();
        Assert.Equal(stranger, other.Postmasters()["pg1-1"]);
        (await topology.UpAsync()).Succeeded();
        Assert.NotEqual(stranger, topology.Postmasters()["pg1-1"]);
        Assert.Equal(stranger, other.Postmasters()["pg1-1"]);
    }

    [Fact]
    public void AnotherProgramsProcessIsNoServer()
    {
        using var folder = new TemporaryFolder();
        folder.Write("postmaster.pid", $"{Environment.ProcessId}\n{folder.FullPath}\n1\n5432\n\nlocalhost\n\nready\n");
        Assert.Null(PostmasterFile.ReadOfRunning(folder.FullPath));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("12")]
    [InlineData("-12\n/data\n1\n5432\n")]
    [InlineData("no\nnumbers\nat\nall\n")]
    public void AnUnreadableFileIsNoServer(string content)
    {
        using var folder = new TemporaryFolder();
        folder.Write("postmaster.pid", content);
        Assert.Null(PostmasterFile.ReadOfRunning(folder.FullPath));
    }

    [Fact]
    public async Task AProcessIsKnownByItsStartToo()
    {
        using var sleeper = Process.Start("sleep", "600");
        var known = DetachedProcess.Find(sleeper.Id)!;
        Assert.True(known.IsAlive());
        Assert.False((known with { Started = DetachedProcess.Current().Started }).IsAlive());
        Assert.False((known with { Started = null }).IsAlive());
        sleeper.Kill();
        await sleeper.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.False(known.IsAlive());
    }
}
