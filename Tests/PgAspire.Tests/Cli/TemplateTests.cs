using PgAspire.Cli.Embedded;
using PgAspire.Cli.Processes;
using PgAspire.Postgres.Cloning;
using PgAspire.Postgres.Control;
using PgAspire.Tests.Support;

namespace PgAspire.Tests.Cli;

/// <summary>Clones of a directory that the installed initdb made.</summary>
public sealed class TemplateTests
{
    [Fact]
    public async Task ACloneHasAnIdentityOfItsOwnThatPostgresBelieves()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var template = Path.Combine(Directory.GetDirectories(await SharedTemplate.GetAsync()).Single(), "data");
        using var root = new TemporaryFolder();
        var folder = new StateFolder(root.Of("state"), ServerUser.Current());
        folder.Prepare();
        var data = new DataDirectory(Path.Combine(folder.DataFolder, "pg1-1"), folder);
        Assert.Equal(DataDirectoryState.Absent, data.State);
        data.Begin();
        Assert.Equal(DataDirectoryState.Unfinished, data.State);
        data.CloneFrom(template);

        var (before, after) = (await ControlDataAsync(template), await ControlDataAsync(data.FullPath));
        var control = File.ReadAllBytes(Path.Combine(data.FullPath, "global", "pg_control"));
        Assert.Equal($"{ClonedIdentity.Read(control)}", after["Database system identifier"]);
        Assert.Equal(("shut down", $"{ControlFile.ShutdownCheckpoint(control)}"), (after["Database cluster state"], after["Latest checkpoint location"]));
        Assert.NotEqual(before["Database system identifier"], after["Database system identifier"]);
        Assert.Equal(
            before.Where(line => line.Key != "Database system identifier"), after.Where(line => line.Key != "Database system identifier"));

        var postgres = await SharedTemplate.InstallationAsync();
        var checksums = await folder.User.Wrap(new(postgres.Program("pg_checksums"), "--check", "-D", data.FullPath)).RunAsync(cancellation);
        Assert.Equal((0, ""), (checksums.ExitCode, checksums.Error));

        data.Finish();
        Assert.Equal(DataDirectoryState.Finished, data.State);
        await data.DiscardAsync(cancellation);
        Assert.Equal(DataDirectoryState.Finished, data.State);
    }

    [Fact]
    public async Task TheLastClusterTakesTheTemplateItselfAndAHalfTakenOneIsMadeAgain()
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var root = new TemporaryFolder();
        var folder = new StateFolder(root.Of("state"), ServerUser.Current());
        folder.Prepare();
        folder.CopyOwned(new DirectoryInfo(await SharedTemplate.GetAsync()), folder.Templates);
        var postgres = await SharedTemplate.InstallationAsync();
        var template = await TemplateCluster.GetAsync(folder, postgres, 3, cancellation);
        var clusters = Enumerable.Range(1, 3).Select(number => new DataDirectory(Path.Combine(folder.DataFolder, $"pg{number}-1"), folder)).ToList();
        await Task.WhenAll(clusters.Select(data =>
        {
            data.Begin();
            return template.FillAsync(data, cancellation);
        }));

        Assert.All(clusters, data => Assert.Equal((DataDirectoryState.Unfinished, postgres.Major), (data.State, data.Major)));
        var identities = clusters.Select(data => ClonedIdentity.Read(File.ReadAllBytes(Path.Combine(data.FullPath, "global", "pg_control"))));
        Assert.Equal(3, identities.Distinct().Count());
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Templates));

        await TemplateCluster.GetAsync(folder, postgres, 1, cancellation);
        var home = Directory.GetDirectories(folder.Templates).Single();
        File.WriteAllText(Path.Combine(home, "data", "pgaspire.making"), "");
        await TemplateCluster.GetAsync(folder, postgres, 1, cancellation);
        Assert.Equal(DataDirectoryState.Foreign, new DataDirectory(Path.Combine(home, "data"), folder).State);
    }

    [Fact]
    public async Task WhatAKilledInitdbLeftIsRemovedAndNeverTakenForATemplate()
    {
        using var root = new TemporaryFolder();
        root.Write("topology.json", TestTopology.OneCluster);
        root.Write(".pgaspire/templates/15.18-0123456789ab.making/data/PG_VERSION", "15");
        File.SetUnixFileMode(root.Of(".pgaspire"), (UnixFileMode)0b111_101_101);
        var command = new Pgaspire(root.FullPath);
        try
        {
            (await command.RunAsync("up", "--host", "embedded", "--detach", "--no-api", "--no-monitor")).Succeeded();
            Assert.DoesNotContain(Directory.EnumerateDirectories(root.Of(".pgaspire", "templates")), path => path.Contains("making", StringComparison.Ordinal));
        }
        finally
        {
            await StrayProcesses.KillAsync(root.FullPath);
        }
    }

    private static async Task<Dictionary<string, string>> ControlDataAsync(string data)
    {
        var postgres = await SharedTemplate.InstallationAsync();
        var result = await new ExternalProgram(postgres.Program("pg_controldata"), data) { Environment = new Dictionary<string, string?> { ["LC_ALL"] = "C" } }
            .RunAsync(TestContext.Current.CancellationToken);
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.DoesNotContain("WARNING", result.Output, StringComparison.Ordinal);
        return result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(':', 2)).ToDictionary(parts => parts[0], parts => parts[1].Trim());
    }
}
