using PgAspire.Tests.Support;

namespace PgAspire.Tests.Cli;

public sealed class SettingsTests
{
    [Fact]
    public async Task AWrongSettingIsNamedByANewServerAndNothingIsLeft()
    {
        await using var topology = await TestTopology.MakeAsync();
        var message = (await topology.UpAsync("--set", "work_mem=banana")).FailedWith(1);
        Assert.StartsWith("pg1 does not start, a declared setting is wrong: invalid value for parameter \"work_mem\": \"banana\"", message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(topology.State, "data")));
        Assert.Contains("unrecognized configuration parameter \"wrok_mem\"", (await topology.UpAsync("--set", "wrok_mem=1MB")).FailedWith(1), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("work_mem=banana")]
    [InlineData("max_connections=banana")]
    public async Task AWrongSettingIsRefusedForARunningServerWhichGoesOnAndCanStartAgain(string setting)
    {
        await using var topology = await TestTopology.MakeAsync();
        (await topology.UpAsync()).Succeeded();
        var before = topology.Postmasters();
        Assert.StartsWith(
            $"pg1 goes on as it was, a declared setting is wrong: {setting.Replace("=", " = ", StringComparison.Ordinal)}: ", (await topology.UpAsync("--set", setting)).FailedWith(1), StringComparison.Ordinal);
        Assert.Equal(before, topology.Postmasters());
        (await topology.UpAsync()).Succeeded();
        Assert.Equal("4MB", await topology.AskAsync("pg1-1", "SHOW work_mem"));
    }

    [Fact]
    public async Task ARunningServerTakesANewSettingAtOnceOrSaysThatItWaits()
    {
        await using var topology = await TestTopology.MakeAsync();
        (await topology.UpAsync()).Succeeded();
        var up = (await topology.UpAsync("--set", "work_mem=9MB", "--set", "max_connections=33")).Succeeded();
        Assert.Contains("pg1: max_connections takes effect at its next start (down, then up).", up.Error, StringComparison.Ordinal);
        await Until.TrueAsync(async () => Equals("9MB", await topology.AskAsync("pg1-1", "SHOW work_mem")), "the server has read it");
        (await topology.DownAsync()).Succeeded();
        (await topology.UpAsync("--set", "max_connections=33")).Succeeded();
        Assert.Equal("33", await topology.AskAsync("pg1-1", "SHOW max_connections"));
    }
}
