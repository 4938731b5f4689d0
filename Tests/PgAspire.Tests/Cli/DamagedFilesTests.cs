using CsCheck;
using PgAspire.Cli;
using PgAspire.Cli.Embedded;
using PgAspire.Cli.Processes;
using PgAspire.Tests.Support;

namespace PgAspire.Tests.Cli;

public sealed class DamagedFilesTests
{
    [Theory]
    [InlineData("secrets.json", "")]
    [InlineData("secrets.json", "{\"pg1\":{\"superuser\":\"x\"}}")]
    [InlineData("secrets.json", "{\"pg1\":null}")]
    [InlineData("secrets.json", "[]")]
    [InlineData("state.json", "{")]
    [InlineData("state.json", "null")]
    [InlineData("state.json", "{\"instances\":null}")]
    [InlineData("state.json", "{\"instances\":[null]}")]
    [InlineData("state.json", "{\"instances\":[{\"cluster\":\"pg1\",\"ordinal\":1,\"port\":99999}]}")]
    [InlineData("state.json", "{\"instances\":[{\"cluster\":\"pg1\",\"ordinal\":1,\"port\":5001},{\"cluster\":\"pg1\",\"ordinal\":1,\"port\":5002}]}")]
    public async Task ADamagedFileIsNamedWithAWayOutAndNothingIsLost(string name, string content)
    {
        await using var topology = await TestTopology.MakeAsync();
        (await topology.UpAsync()).Succeeded();
        await topology.AskAsync("pg1-1", "CREATE TABLE kept AS SELECT 42 AS answer");
        var before = topology.Postmasters();
        var file = Path.Combine(topology.State, name);
        File.WriteAllText(file, content);
        foreach (var command in new string[][] { ["up", "--host", "embedded", "--detach", "--no-api", "--no-monitor"], ["status"], ["psql", "pg1"] })
        {
            Assert.StartsWith($"{file} is damaged: ", (await topology.Command.RunAsync(command)).FailedWith(1), StringComparison.Ordinal);
        }

        Assert.Equal(content, File.ReadAllText(file));
        Assert.Equal(before, topology.Postmasters());

        File.Delete(file);
        (await topology.UpAsync(name == "secrets.json" ? ["--reset-passwords"] : [])).Succeeded();
        Assert.Equal(42, await topology.AskAsync("pg1-1", "SELECT answer FROM kept"));
    }

    [Fact]
    public async Task WithoutAStateFileDownStopsWhatRuns()
    {
        await using var topology = await TestTopology.MakeAsync();
        (await topology.UpAsync()).Succeeded();
        File.Delete(Path.Combine(topology.State, "state.json"));
        await topology.UntilRunningAsync();
        (await topology.DownAsync()).Succeeded();
        await StrayProcesses.UntilNoneAsync(topology.Folder);
    }

    [Fact]
    public void AnyContentIsReadOrCalledDamaged()
    {
        using var folder = new TemporaryFolder();
        var store = new StateStore(new(folder.FullPath, ServerUser.Current()));
        const string Whole = """{ "instances": [{ "cluster": "pg1", "ordinal": 1, "port": 5432 }], "clusters": ["pg1"], "instancesPerCluster": 1, "api": { "process": { "id": 1 }, "url": "http://h:1", "fingerprint": "" } }""";
        Gen.Select(Gen.Int[0, Whole.Length - 1], Gen.Int[0, 30], Gen.OneOf(Gen.String, Generate.AnyOf("null", "[]", "{}", "-1", "\"\"", ""))).Sample(
            (start, length, inserted) =>
            {
                folder.Write("state.json", Whole.Remove(start, Math.Min(length, Whole.Length - start)).Insert(start, inserted));
                try
                {
                    return store.Read() is not null;
                }
                catch (CliException exception)
                {
                    return exception.Message.Contains("is damaged", StringComparison.Ordinal);
                }
            },
            threads: 1);
    }
}
