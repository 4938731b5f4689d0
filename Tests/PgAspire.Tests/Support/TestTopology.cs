using System.Text.Json;
using Npgsql;
using PgAspire.Cli.Embedded;
using PgAspire.Cli.Processes;
using PgAspire.Postgres.Roles;

namespace PgAspire.Tests.Support;

/// <summary>A topology of one test: a folder with a declaration and a state folder of its own. Whatever runs there ends with it.</summary>
public sealed class TestTopology : IAsyncDisposable
{
    /// <summary>Quick to make, and with a log line for every connection, which the tests do without.</summary>
    public const string OneCluster = """{ "clusters": 1, "durability": "fast" }""";

    private readonly TemporaryFolder _folder;

    private TestTopology(TemporaryFolder folder) => (_folder, Command) = (folder, new(folder.FullPath));

    public Pgaspire Command { get; init; }

    public string Folder => _folder.FullPath;

    public string State => _folder.Of(".pgaspire");

    /// <summary>Makes the folder; nothing is up yet.</summary>
    /// <param name="declaration">Of topology.json.</param>
    /// <param name="name">A tail of the folder's name.</param>
    public static async Task<TestTopology> MakeAsync(string declaration = OneCluster, string? name = null)
    {
        var topology = new TestTopology(new(name));
        topology.Write("topology.json", declaration);
        var state = new StateFolder(topology.State, ServerUser.Current());
        state.Prepare();
        state.CopyOwned(new DirectoryInfo(await SharedTemplate.GetAsync()), state.Templates);
        return topology;
    }

    public string Of(params string[] parts) => _folder.Of(parts);

    public string Write(string name, string content) => _folder.Write(name, content);

    public Task<Outcome> UpAsync(params IReadOnlyList<string> arguments) => Command.RunAsync(["up", "--host", "embedded", "--detach", "--no-api", "--no-monitor", .. arguments]);

    public Task<Outcome> DownAsync(params IReadOnlyList<string> arguments) => Command.RunAsync(["down", .. arguments]);

    /// <summary>What <c>status --json</c> says.</summary>
    internal async Task<TopologyStatus> StatusAsync()
    {
        var outcome = await Command.RunAsync("status", "--json");
        return JsonSerializer.Deserialize(outcome.Output, StatusJson.Default.TopologyStatus) ?? throw new InvalidOperationException(outcome.Error);
    }

    /// <summary>Waits until <c>status</c> sees all running, which it gives each server a few seconds for.</summary>
    public Task UntilRunningAsync() => Until.TrueAsync(async () => (await StatusAsync()).State == "running", "all run");

    internal Dictionary<string, RolePasswords> Secrets() => new StateStore(new(State, ServerUser.Current())).ReadSecrets();

    /// <summary>The running postmasters by the name of their data directory, <c>pg1-1</c>.</summary>
    public IReadOnlyDictionary<string, int> Postmasters() => Directory.EnumerateDirectories(Path.Combine(State, "data"))
        .Select(data => (Name: Path.GetFileName(data), Running: PostmasterFile.ReadOfRunning(data)))
        .Where(found => found.Running is not null)
        .ToDictionary(found => found.Name, found => found.Running!.ProcessId);

    /// <summary>Runs one statement on a running instance and returns the first value.</summary>
    public async Task<object?> AskAsync(string instance, string sql, string role = RoleNames.Application, string database = "app")
    {
        var port = PostmasterFile.ReadOfRunning(Path.Combine(State, "data", instance))?.Port ?? throw new InvalidOperationException($"{instance} does not run.");
        var password = Secrets()[instance[..instance.LastIndexOf('-')]].Of(role);
        await using var source = NpgsqlDataSource.Create($"Host=127.0.0.1;Port={port};Database={database};Username={role};Password={password};Pooling=false;Timeout=60;Command Timeout=0");
        await using var command = source.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }

    public string Log(string instance) => File.ReadAllText(Path.Combine(State, "logs", $"{instance}.log"));

    public async ValueTask DisposeAsync()
    {
        await StrayProcesses.KillAsync(Folder);
        _folder.Dispose();
    }
}
