using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using PgAspire.Cli.Processes;
using PgAspire.Postgres.Roles;
using PgAspire.Postgres.Topology;

namespace PgAspire.Cli.Embedded;

/// <summary>The sample API over the topology's clusters, as a process that outlives the command that started it.</summary>
internal sealed class ApiProcess(StateFolder folder, IProgressSink progress)
{
    public const string Variable = "PGASPIRE_API";
    private const string Assembly = "PgAspire.SampleApi.dll";
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(15);
    private readonly StateStore _store = new(folder);

    /// <summary>Starts the API, or leaves a running one that was started with the same clusters.</summary>
    /// <param name="topology">The clusters.</param>
    /// <param name="database">The application database.</param>
    /// <param name="port">Its port; null for the one it had, or any free one.</param>
    /// <returns>Its address.</returns>
    /// <exception cref="CliException">The port is taken, or it does not come up.</exception>
    public async Task<string> UpAsync(EmbeddedTopology topology, string database, int? port, CancellationToken cancellationToken)
    {
        var state = _store.Read();
        var assembly = FindAssembly();
        var connections = ConnectionVariables(
            topology.Clusters, database, topology.Passwords.ToDictionary(entry => entry.Key, entry => entry.Value.Application));
        var fingerprint = Fingerprint(assembly, connections);
        if (state.Api is { } known && known.Process.IsAlive())
        {
            if (known.Fingerprint == fingerprint && (port is null || new Uri(known.Url).Port == port) && await IsAliveAsync(known.Url, cancellationToken))
            {
                progress.Report("api", "running");
                return known.Url;
            }

            progress.Report("api", "restarting");
            await known.Process.StopAsync(StopPatience, cancellationToken);
        }

        var url = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{ChoosePort(port, state.Api?.Url)}");
        progress.Report("api", "starting");
        var command = new ExternalProgram("dotnet", assembly)
        {
            Environment = new Dictionary<string, string?>(connections) { ["ASPNETCORE_URLS"] = url, ["OTEL_SERVICE_NAME"] = "api" },
            WorkingFolder = Path.GetDirectoryName(assembly),
        };
        var process = await DetachedProcess.StartAsync(command, folder.ApiLog, cancellationToken);
        _store.Write(_store.Read() with { Api = new(process, url, fingerprint) });
        await WaitUntilAliveAsync(process, url, cancellationToken);
        progress.Report("api", "ready");
        return url;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_store.Read().Api is { } known && known.Process.IsAlive())
        {
            progress.Report("api", "stopping");
            await known.Process.StopAsync(StopPatience, cancellationToken);
            progress.Report("api", "stopped");
        }
    }

    /// <summary>The environment that gives an application its connection strings.</summary>
    public static Dictionary<string, string?> ConnectionVariables(
        IEnumerable<Cluster> clusters, string database, IReadOnlyDictionary<string, string> passwords) => clusters.ToDictionary(
        cluster => $"ConnectionStrings__{cluster.Name}",
        string? (cluster) => ConnectionStrings.For(
            [.. cluster.Instances.Select(instance => new System.Net.DnsEndPoint("127.0.0.1", instance.Port!.Value))],
            database, RoleNames.Application, passwords[cluster.Name]));

    /// <summary>The sample API's assembly, built beside this one.</summary>
    /// <exception cref="CliException">It is not there.</exception>
    public static string FindAssembly() => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } said
        ? Path.GetFullPath(said)
        : SiblingAssembly.Find("SampleApi", Assembly);

    private static int ChoosePort(int? said, string? lastUrl)
    {
        if (said is { } wanted)
        {
            return Ports.IsFree(wanted) ? wanted : throw new CliException($"Port {wanted} of the API is taken{PortOwner.Describe(wanted)}. Choose another one with --api-port.");
        }

        return lastUrl is not null && Ports.IsFree(new Uri(lastUrl).Port) ? new Uri(lastUrl).Port : Ports.FindFree(1, new HashSet<int>())[0];
    }

    private async Task WaitUntilAliveAsync(DetachedProcess process, string url, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(StartPatience);
        while (!await IsAliveAsync(url, cancellationToken))
        {
            if (!process.IsAlive() || patience.IsCancellationRequested)
            {
                cancellationToken.ThrowIfCancellationRequested();
                throw new CliException($"The API does not come up; the end of its log {folder.ApiLog}:{Environment.NewLine}{string.Join(Environment.NewLine, File.ReadLines(folder.ApiLog).TakeLast(5))}");
            }

            await Task.Delay(20, cancellationToken);
        }
    }

    private static async Task<bool> IsAliveAsync(string url, CancellationToken cancellationToken)
    {
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        try
        {
            using var response = await client.GetAsync(new Uri(new Uri(url), "/alive"), cancellationToken);
            return response.IsSuccessStatusCode;
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private static string Fingerprint(string assembly, IReadOnlyDictionary<string, string?> connections)
    {
        var build = File.GetLastWriteTimeUtc(assembly).ToString("O", CultureInfo.InvariantCulture);
        var all = string.Join('\n', [assembly, build, .. connections.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}={pair.Value}")]);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(all)));
    }
}
