using PgAspire.Cli.Processes;
using PgAspire.Tests.Support;

namespace PgAspire.Tests.Cli;

/// <summary>Commands beside each other on one topology, and their signals.</summary>
public sealed class TwoCommandsTests : IAsyncLifetime
{
    private TestTopology _topology = null!;

    public async ValueTask InitializeAsync() => _topology = await TestTopology.MakeAsync();

    public ValueTask DisposeAsync() => _topology.DisposeAsync();

    [Fact]
    public async Task ASecondUpBesideAWorkingOneIsRefusedAndTheFirstGoesOn()
    {
        await using var first = await StartWaitingAsync("--detach");
        Assert.Equal(
            $"Another command is at work here: up, process {first.Id}. Wait for it, or end it with: pgaspire down",
            (await _topology.UpAsync()).FailedWith(1));
        var status = await _topology.StatusAsync();
        Assert.Equal(("partial", "making"), (status.State, Assert.Single(status.Instances).State));
        _topology.Write("go", "");
        (await first.EndAsync()).Succeeded();
        Assert.Single(_topology.Postmasters());
    }

    [Fact]
    public async Task DownDuringUpEndsItAndLeavesNothingRunning()
    {
        await using var up = await StartWaitingAsync("--detach");
        var down = (await _topology.DownAsync()).Succeeded();
        Assert.Contains($"Ending pgaspire up, process {up.Id}", down.Error, StringComparison.Ordinal);
        Assert.Equal(130, (await up.EndAsync()).ExitCode);
        await StrayProcesses.UntilNoneAsync(_topology.Folder);
        _topology.Write("go", "");
        (await _topology.UpAsync()).Succeeded();
    }

    [Fact]
    public async Task DownEndsAnUpInTheForeground()
    {
        _topology.Write("go", "");
        await using var up = _topology.Command.Start("up", "--host", "embedded", "--no-api", "--no-monitor");
        await up.UntilWrittenAsync("Ctrl+C stops everything");
        (await _topology.DownAsync()).Succeeded();
        Assert.Equal(0, (await up.EndAsync()).ExitCode);
        await StrayProcesses.UntilNoneAsync(_topology.Folder);
    }

    [Fact]
    public async Task ASecondForegroundIsRefusedAndOneThatDetachesIsNot()
    {
        _topology.Write("go", "");
        await using var up = _topology.Command.Start("up", "--host", "embedded", "--no-api", "--no-monitor");
        await up.UntilWrittenAsync("Ctrl+C stops everything");
        Assert.StartsWith(
            $"The topology is up already, in the foreground of process {up.Id}.",
            (await _topology.Command.RunAsync("up", "--host", "embedded", "--no-api", "--no-monitor")).FailedWith(1),
            StringComparison.Ordinal);
        (await _topology.UpAsync("--clusters", "2")).Succeeded();
        Assert.Equal(2, _topology.Postmasters().Count);
        up.Signal(Native.SigInt);
        Assert.Equal(0, (await up.EndAsync()).ExitCode);
        Assert.Empty(_topology.Postmasters());
    }

    [Theory]
    [InlineData(Native.SigInt)]
    [InlineData(Native.SigTerm)]
    public async Task ASignalInTheForegroundShutsEverythingDownCleanly(int signal)
    {
        _topology.Write("go", "");
        await using var up = _topology.Command.Start("up", "--host", "embedded", "--no-api", "--no-monitor");
        await up.UntilWrittenAsync("Ctrl+C stops everything");
        up.Signal(signal);
        Assert.Equal(0, (await up.EndAsync()).ExitCode);
        await StrayProcesses.UntilNoneAsync(_topology.Folder);
        Assert.EndsWith("database system is shut down", _topology.Log("pg1-1").TrimEnd(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Native.SigInt)]
    [InlineData(Native.SigTerm)]
    public async Task ASignalInTheMiddleOfTheStartLeavesNothingHalfMade(int signal)
    {
        await using var up = await StartWaitingAsync();
        up.Signal(signal);
        var outcome = await up.EndAsync();
        Assert.Equal(130, outcome.ExitCode);
        Assert.Contains("Interrupted", outcome.Error, StringComparison.Ordinal);
        await StrayProcesses.UntilNoneAsync(_topology.Folder);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(_topology.State, "data")));
        Assert.Equal("absent", (await _topology.StatusAsync()).State);
    }

    /// <summary>An up that waits in the middle of making pg1, until there is a file <c>go</c>.</summary>
    private async Task<RunningCommand> StartWaitingAsync(params string[] options)
    {
        _topology.Write("initdb/1.sh", $"touch reached; until [ -e '{_topology.Of("go")}' ]; do sleep 0.1; done\n");
        var up = _topology.Command.Start(["up", "--host", "embedded", "--no-api", "--no-monitor", .. options]);
        await Until.TrueAsync(() => File.Exists(Path.Combine(_topology.State, "init", "bundle", "reached")), "the script runs");
        return up;
    }
}
