using System.Globalization;
using Npgsql;
using PgAspire.Cli.Embedded;
using PgAspire.Postgres.Roles;
using PgAspire.Tests.Support;

[assembly: AssemblyFixture(typeof(PgAspire.Tests.Monitor.WatchedTopology))]

namespace PgAspire.Tests.Monitor;

/// <summary>A primary, its replica, and the monitor over them at its shortest interval, as <c>up</c> starts them; made at first use.</summary>
public sealed class WatchedTopology : IAsyncDisposable
{
    /// <summary>Of the test classes that use it, one after the other: what one does, another would see.</summary>
    public const string Collection = "Watched topology";

    public const string Primary = "instance=pg1-1";
    public const string Replica = "instance=pg1-2";

    // Few buffers and short times, so that what is rare on a server happens here.
    private const string Declaration =
        """
        {
          "clusters": 1, "instances": 2, "durability": "fast", "initScripts": "", "unresponsiveAfter": 300,
          "settings": {
            "shared_buffers": "2MB", "wal_buffers": "32kB", "track_io_timing": "on", "max_prepared_transactions": "5",
            "checkpoint_timeout": "30s", "max_standby_streaming_delay": "100ms",
            "autovacuum_naptime": "1s", "bgwriter_delay": "10ms", "bgwriter_lru_maxpages": "2", "deadlock_timeout": "100ms",
            "archive_mode": "on", "archive_command": "test ! -e archive.broken"
          }
        }
        """;

    private static readonly HttpClient Client = new();
    private readonly Lazy<Task<TestTopology>> _topology = new(StartAsync);
    private string? _url;

    public async Task<TestTopology> TopologyAsync() => await _topology.Value;

    public async Task<Scrape> ScrapeAsync() => new(await GetAsync("/metrics"));

    /// <summary>What the monitor answers.</summary>
    public async Task<string> GetAsync(string path)
    {
        _url ??= (await (await TopologyAsync()).StatusAsync()).Monitor.Url;
        return await Client.GetStringAsync($"{_url}{path}");
    }

    /// <summary>Waits until a metric of the primary (unless the labels name another instance) has such a value.</summary>
    public async Task SeeAsync(string metric, Func<double?, bool> isSo, params string[] labels)
    {
        var all = Of(labels);
        await Until.TrueAsync(async () => isSo((await ScrapeAsync()).Of(metric, all)), $"{metric} {string.Join(' ', all)} gets there");
    }

    /// <summary>Does something, and waits until a metric has grown by it.</summary>
    public async Task GrowsAsync(string metric, Func<Task> work, params string[] labels) => await GrowAsync(work, (metric, labels));

    /// <summary>Does something, and waits until all of these metrics have grown by it.</summary>
    public async Task GrowAsync(Func<Task> work, params (string Metric, string[] Labels)[] metrics)
    {
        var before = await ScrapeAsync();
        await work();
        foreach (var (metric, labels) in metrics)
        {
            await SeeAsync(metric, value => value > (before.Of(metric, Of(labels)) ?? 0), labels);
        }
    }

    /// <summary>Does something again and again until a metric has grown that what was before may let shrink at the same time.</summary>
    public async Task GrowsInTheEndAsync(string metric, Func<Task> work, params string[] labels)
    {
        var all = Of(labels);
        var before = (await ScrapeAsync()).Of(metric, all) ?? 0;
        await Until.TrueAsync(
            async () =>
            {
                await work();
                return (await ScrapeAsync()).Of(metric, all) > before;
            },
            $"{metric} {string.Join(' ', all)} grows in the end");
    }

    /// <summary>How to reach an instance as a role.</summary>
    public async Task<string> ConnectionStringAsync(string instance = "pg1-1", string role = RoleNames.Superuser, string database = "app")
    {
        var topology = await TopologyAsync();
        var port = PostmasterFile.ReadOfRunning(topology.Of(".pgaspire", "data", instance))!.Port;
        var password = topology.Secrets()[instance.Split('-')[0]].Of(role);
        return string.Create(CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={port};Database={database};Username={role};Password={password}");
    }

    /// <summary>A connection of its own. It is not pooled: closing it ends the session.</summary>
    public async Task<NpgsqlConnection> ConnectAsync(string instance = "pg1-1", string role = RoleNames.Superuser, string database = "app", string options = "")
    {
        var connection = new NpgsqlConnection($"{await ConnectionStringAsync(instance, role, database)};Pooling=false;Command Timeout=120;{options}");
        await connection.OpenAsync();
        return connection;
    }

    /// <summary>Runs statements in a session of their own.</summary>
    public async Task RunAsync(string sql, string instance = "pg1-1", string database = "app")
    {
        await using var connection = await ConnectAsync(instance, database: database);
        await connection.RunAsync(sql);
    }

    public async ValueTask DisposeAsync()
    {
        if (_topology.IsValueCreated)
        {
            var topology = await TopologyAsync();
            await topology.DownAsync();
            await topology.DisposeAsync();
        }
    }

    private static string[] Of(string[] labels) => labels.Any(label => label.StartsWith("instance=", StringComparison.Ordinal)) ? labels : [Primary, .. labels];

    private static async Task<TestTopology> StartAsync()
    {
        var topology = await TestTopology.MakeAsync(Declaration, "-monitor");
        var command = topology.Command with
        {
            Environment = new Dictionary<string, string?> { ["Monitor__Interval"] = "1", ["Monitor__SlowInterval"] = "1" },
        };
        (await command.RunAsync("up", "--host", "embedded", "--detach", "--no-api")).Succeeded();
        return topology;
    }
}

internal static class ConnectionExtensions
{
    public static async Task RunAsync(this NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
