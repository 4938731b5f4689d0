using Npgsql;
using PgAspire.Cli.Embedded;
using PgAspire.Cli.Processes;
using PgAspire.Monitoring;
using PgAspire.Postgres.Roles;
using PgAspire.Tests.Support;

namespace PgAspire.Tests.Monitoring;

/// <summary>
/// Two clusters of two instances, the monitor over them, and a Prometheus and an Alertmanager that look every two seconds and tell a
/// webhook. It is brought up by the first test that asks for it.
/// </summary>
public sealed class LiveTopology : IAsyncDisposable
{
    private const string Declaration = """
        { "clusters": 2, "instances": 2, "durability": "fast", "unresponsiveAfter": 60, "settings": { "max_connections": "40", "max_wal_size": "256MB" } }
        """;

    private static readonly string[] Up = ["up", "--host", "embedded", "--detach", "--no-api"];
    private static readonly Dictionary<string, string?> QuickMonitor = new() { ["Monitor__Interval"] = "1", ["Monitor__Timeout"] = "30" };
    private readonly Lazy<Task> _started;
    private readonly AlertWebhook _webhook = new();
    private TestTopology? _topology;
    private SmallDisk? _disk;

    public LiveTopology() => _started = new(StartOnceAsync);

    /// <summary>Whether the data lie on a small file system of their own, which takes root to make.</summary>
    public static bool HasDisk => Native.IsRoot;

    internal AlertWebhook Webhook => _webhook;

    internal TestTopology Topology => _topology ?? throw new InvalidOperationException("Nothing is up yet.");

    internal string Alertmanager { get; private set; } = "";

    /// <summary>Where all data lie.</summary>
    public string DataFolder => Path.Combine(Topology.State, "data");

    public Task StartAsync() => _started.Value;

    /// <summary>Starts what is down; what runs stays.</summary>
    public async Task RepairAsync() => (await (Topology.Command with { Environment = QuickMonitor }).RunAsync(Up)).Succeeded();

    /// <summary>A connection without a pool.</summary>
    internal async Task<NpgsqlConnection> OpenAsync(string instance, string role = RoleNames.Application)
    {
        var port = PostmasterFile.ReadOfRunning(Path.Combine(DataFolder, instance))!.Port;
        var password = Topology.Secrets()[instance.Split('-')[0]].Of(role);
        var connection = new NpgsqlConnection($"Host=127.0.0.1;Port={port};Database=app;Username={role};Password={password};Pooling=false;Timeout=60;Command Timeout=0");
        await connection.OpenAsync();
        return connection;
    }

    public async ValueTask DisposeAsync()
    {
        if (_topology is { } topology)
        {
            await topology.DownAsync();
            await StrayProcesses.KillAsync(topology.Folder);
            await (_disk?.DisposeAsync() ?? ValueTask.CompletedTask);

            await topology.DisposeAsync();
        }

        await _webhook.DisposeAsync();
    }

    private async Task StartOnceAsync()
    {
        var topology = _topology = await TestTopology.MakeAsync(Declaration);
        if (HasDisk)
        {
            _disk = await SmallDisk.UnderAsync(DataFolder, megabytes: 2048);
        }

        await RepairAsync();
        var monitor = new Uri((await topology.StatusAsync()).Monitor.Url!);
        var ports = Ports.FindFree(2);
        Alertmanager = $"127.0.0.1:{ports[0]}";
        var alertmanager = topology.Write("monitoring/alertmanager.yml", new AlertmanagerConfiguration(new() { Webhook = _webhook.Url })
        {
            GroupWait = TimeSpan.FromMilliseconds(100), GroupInterval = TimeSpan.FromSeconds(1),
        }.Write());
        ScaledRules.Write(topology.Of("monitoring", "rules"));
        var prometheus = topology.Write("monitoring/prometheus.yml", new PrometheusConfiguration
        {
            Jobs = [new("monitor", monitor.Authority)], Interval = TimeSpan.FromSeconds(2), Rules = "rules/*.yml", Alertmanager = Alertmanager,
        }.Write());
        await StartAsync("alertmanager", Alertmanager, $"--config.file={alertmanager}", "--storage.path=alerts", "--cluster.listen-address=");
        await StartAsync("prometheus", $"127.0.0.1:{ports[1]}", $"--config.file={prometheus}", "--storage.tsdb.path=metrics");
        await AllAnswerAsync($"http://127.0.0.1:{ports[1]}");
    }

    private async Task StartAsync(string program, string address, params string[] arguments)
    {
        var command = new ExternalProgram(MonitoringTool.Require(program), [.. arguments, $"--web.listen-address={address}"]) { WorkingFolder = Topology.Of("monitoring") };
        DetachedProcess.Start(command, Topology.Of("monitoring", $"{program}.log"));
        using var client = new HttpClient();
        await Until.TrueAsync(async () =>
        {
            try
            {
                return (await client.GetAsync(new Uri($"http://{address}/-/ready"))).IsSuccessStatusCode;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        }, $"{program} is ready");
    }

    private static async Task AllAnswerAsync(string prometheus)
    {
        using var client = new PrometheusClient(prometheus);
        await Until.TrueAsync(async () => await client.QueryAsync("sum(postgresql_up)") is ["4"], "Prometheus sees all four instances");
    }
}
