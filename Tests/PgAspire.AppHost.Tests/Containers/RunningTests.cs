using System.Net.Http.Json;
using System.Text.Json;
using Aspire.Hosting.Testing;
using Npgsql;
using PgAspire.Monitoring;

namespace PgAspire.AppHost.Tests.Containers;

[Trait("Category", "Containers")]
public sealed class RunningTests(SharedHost shared) : IClassFixture<SharedHost>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task EveryClusterIsReachedThroughTheApi()
    {
        using var client = shared.Host.Application.CreateHttpClient("api", "http");
        for (var number = 0; number < 30; number++)
        {
            var answer = await client.PostAsJsonAsync($"/customers/customer-{number}/orders", new { item = "pen", quantity = 1 }, Token);
            Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Token));
        }

        foreach (var cluster in new[] { "pg1", "pg2", "pg3" })
        {
            Assert.NotEqual("0", await shared.Host.SqlAsync(cluster, "SELECT count(*) FROM orders"));
        }
    }

    [Fact]
    public async Task InitScriptsHaveRunAndWhatTheyMadeIsTheApplications()
    {
        Assert.Equal("app", await shared.Host.SqlAsync("pg2", "SELECT tableowner FROM pg_tables WHERE tablename = 'orders'"));
        Assert.Equal("app", await shared.Host.SqlAsync("pg2", "SELECT current_user"));
        Assert.Equal("on", await shared.Host.SqlAsync("pg2", "SHOW fsync"));
    }

    [Fact]
    public async Task EveryClusterHasASystemIdentifierOfItsOwn()
    {
        var identifiers = new List<string>();
        foreach (var cluster in new[] { "pg1", "pg2", "pg3" })
        {
            identifiers.Add(await shared.Host.SqlAsync(cluster, "SELECT system_identifier FROM pg_control_system()"));
        }

        Assert.Equal(3, identifiers.Distinct().Count());
    }

    [Fact]
    public async Task PrometheusScrapesEverythingThatHasMetrics()
    {
        await shared.Host.HealthyAsync("prometheus");
        using var client = shared.Host.Application.CreateHttpClient("prometheus", "http");
        string[] health = [];
        // Prometheus is ready seconds before it has gone through what is configured, and asks each target later still.
        await RunningHost.UntilAsync(async () =>
        {
            var targets = await client.GetFromJsonAsync<JsonElement>("/api/v1/targets?state=active", Token);
            health = [.. targets.GetProperty("data").GetProperty("activeTargets").EnumerateArray()
                .Select(target => $"{target.GetProperty("scrapePool")}: {target.GetProperty("health")} {target.GetProperty("lastError")}".Trim()).Order()];
            return health.Length > 0 && !health.Any(target => target.EndsWith("unknown", StringComparison.Ordinal));
        });

        Assert.Equal(["alertmanager: up", "api: up", "monitor: up", "prometheus: up"], health);
    }

    [Fact]
    public async Task TheMonitorSeesWhatTheHostSeesOfEveryContainer()
    {
        string[] metrics =
        [
            "process_cpu_time_seconds_total", "process_memory_usage_bytes", "process_count", "system_network_io_bytes_total",
            "system_filesystem_usage_bytes", "system_filesystem_limit_bytes",
            // Of another user's processes nobody but root sees it, and groups count it from version 2 on.
            .. Environment.IsPrivilegedProcess || File.Exists("/sys/fs/cgroup/cgroup.controllers") ? ["process_disk_io_bytes_total"] : Array.Empty<string>(),
        ];
        using var client = shared.Host.Application.CreateHttpClient("monitor", "http");
        await RunningHost.UntilAsync(async () =>
        {
            var lines = (await client.GetStringAsync("/metrics", Token)).Split('\n');
            return new[] { "pg1-1", "pg2-1", "pg3-1" }.All(instance => metrics.All(metric => lines.Any(line =>
                line.StartsWith($"{metric}{{", StringComparison.Ordinal) && line.Contains($"instance=\"{instance}\"", StringComparison.Ordinal) && !line.EndsWith(" 0", StringComparison.Ordinal))));
        });
    }

    [Fact]
    public async Task TheMonitorShowsBothStatementsOfADeadlockAndNoneOfTheirValues()
    {
        await using var source = NpgsqlDataSource.Create((await shared.Host.Application.GetConnectionStringAsync("pg1", Token))!);
        await using var one = await source.OpenConnectionAsync(Token);
        await using var other = await source.OpenConnectionAsync(Token);
        await RunAsync(one, "CREATE TABLE tills (id int PRIMARY KEY, owner text); INSERT INTO tills VALUES (1, ''), (2, '')");
        await RunAsync(one, "BEGIN; UPDATE tills SET owner = 'ZqMine' WHERE id = 1");
        await RunAsync(other, "BEGIN; UPDATE tills SET owner = 'ZqTheirs' WHERE id = 2");
        var failure = await Record.ExceptionAsync(() => Task.WhenAll(
            RunAsync(one, "UPDATE tills SET owner = 'ZqMine' WHERE id = 2"), RunAsync(other, "DELETE FROM tills WHERE id = 1")));
        Assert.Equal(PostgresErrorCodes.DeadlockDetected, Assert.IsType<PostgresException>(failure).SqlState);

        using var monitor = shared.Host.Application.CreateHttpClient("monitor", "http");
        var answer = "";
        await RunningHost.UntilAsync(async () => (answer = await monitor.GetStringAsync("/diagnostics/deadlocks?instance=pg1-1", Token)).Contains("tills", StringComparison.Ordinal));
        using var report = JsonDocument.Parse(answer);
        Assert.Equal(
            ["DELETE FROM tills WHERE id = ?", "UPDATE tills SET owner = ? WHERE id = ?"],
            report.RootElement.GetProperty("rows").EnumerateArray().Select(row => row.GetProperty("statement").GetString()).OfType<string>().Order(StringComparer.Ordinal));
        Assert.DoesNotContain("Zq", answer, StringComparison.Ordinal);

        static async Task RunAsync(NpgsqlConnection session, string sql)
        {
            await using var command = new NpgsqlCommand(sql, session);
            await command.ExecuteNonQueryAsync(Token);
        }
    }

    [Fact]
    public async Task TheDashboardLeadsFromEveryResourceToWhatTheMonitorFoundOfIt()
    {
        using var client = new HttpClient();
        foreach (var (resource, heading) in new[] { ("monitor", "Findings"), ("pg2", "Findings: pg2"), ("pg2-1", "Findings: pg2-1") })
        {
            var shown = await shared.Host.StateAsync(resource, snapshot => snapshot.Urls.Any(url => url is { DisplayProperties.DisplayName: "Findings", IsInactive: false }));
            var page = await client.GetStringAsync(new Uri(shown.Urls.Single(url => url.DisplayProperties.DisplayName == "Findings").Url), Token);
            Assert.Contains($"<h1>{heading}</h1>", page, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task PrometheusHasTheRulesAndTellsAlertmanager()
    {
        await shared.Host.HealthyAsync("prometheus");
        await shared.Host.HealthyAsync("alertmanager");
        using var client = shared.Host.Application.CreateHttpClient("prometheus", "http");

        var rules = await client.GetFromJsonAsync<JsonElement>("/api/v1/rules", Token);
        var groups = rules.GetProperty("data").GetProperty("groups").EnumerateArray().Select(group => $"{group.GetProperty("name")}.yml");
        Assert.Equal(MonitoringFiles.Rules().Keys.Order(StringComparer.Ordinal), groups.Order(StringComparer.Ordinal));

        // Nobody is told of this alert; that Prometheus found the Alertmanager is what counts.
        using var alertmanager = shared.Host.Application.CreateHttpClient("alertmanager", "http");
        var posted = await alertmanager.PostAsJsonAsync("/api/v2/alerts", new[] { new { labels = new { alertname = "Trial" } } }, Token);
        Assert.True(posted.IsSuccessStatusCode, await posted.Content.ReadAsStringAsync(Token));
        await RunningHost.UntilAsync(async () => (await client.GetFromJsonAsync<JsonElement>("/api/v1/alertmanagers", Token))
            .GetProperty("data").GetProperty("activeAlertmanagers").GetArrayLength() == 1);
    }

    [Fact]
    public async Task TracesDownToTheStatementAndMetricsArrive()
    {
        using var client = shared.Host.Application.CreateHttpClient("api", "http");
        await client.PostAsJsonAsync("/customers/traced/orders", new { item = "pen", quantity = 1 }, Token);

        await shared.Telemetry.ArrivedAsync("traces", "INSERT INTO orders");
        await shared.Telemetry.ArrivedAsync("metrics", "http.server.request.duration");
    }

    [Theory]
    [InlineData("pg1")]
    [InlineData("pg2")]
    [InlineData("pg3")]
    public async Task TheServersMetricsArriveAsTheDashboardTakesThem(string cluster) => await shared.Telemetry.MetricArrivedAsync(
        "postgresql.commits", ("cluster", cluster), ("instance", $"{cluster}-1"), ("role", "primary"), ("db.namespace", "app"));

    [Fact]
    public async Task ClustersInstancesAndRolesHaveOneSetOfLabelsWhoeverMeasures()
    {
        using var api = shared.Host.Application.CreateHttpClient("api", "http");
        await api.PostAsJsonAsync("/customers/labelled/orders", new { item = "pen", quantity = 1 }, Token);
        await shared.Host.HealthyAsync("prometheus");
        using var client = shared.Host.Application.CreateHttpClient("prometheus", "http");
        string[] places = ["pg1 primary", "pg2 primary", "pg3 primary"];

        // Both measure every cluster, and what one says of it is found by the labels of the other.
        await RunningHost.UntilAsync(async () => await PlacesAsync("count by (cluster, role) ({job=\"api\", __name__=~\"db_client_.+\"})") is var pools
            && pools.SequenceEqual(places)
            && (await PlacesAsync("count by (cluster, role) (db_client_connection_count) and on (cluster, role) count by (cluster, role) (postgresql_up)")).SequenceEqual(places));
        Assert.Equal(places.Select(place => place.Replace(" ", "-1 ", StringComparison.Ordinal)), await PlacesAsync("count by (instance, role) (postgresql_commits_total)", "instance"));

        // No series of the monitor is without, and no label gave way to one of the scrape's.
        Assert.Empty(await PlacesAsync("{job=\"monitor\", __name__=~\"postgresql_.+|process_(count|cpu_time|memory_usage|disk_io).*|system_(network|filesystem).+\", otel_scope_name=\"PgAspire.Monitor\", cluster=\"\"}"));
        Assert.Empty(await PlacesAsync("{job=\"monitor\", otel_scope_name=\"PgAspire.Monitor\", instance!~\"pg[123]-1\"}"));
        Assert.Empty(await PlacesAsync("{job=\"monitor\", otel_scope_name=\"PgAspire.Monitor\", role!~\"primary|unknown\"}"));
        Assert.Empty(await PlacesAsync("{job=\"api\", __name__=~\"db_client_.+\", cluster=\"\"}"));
        Assert.Empty(await PlacesAsync("{exported_instance!=\"\"} or {exported_cluster!=\"\"} or {exported_role!=\"\"}"));

        async Task<IReadOnlyList<string>> PlacesAsync(string query, string label = "cluster")
        {
            var answer = await client.GetFromJsonAsync<JsonElement>($"/api/v1/query?query={Uri.EscapeDataString(query)}", Token);
            return [.. answer.GetProperty("data").GetProperty("result").EnumerateArray().Select(series => series.GetProperty("metric"))
                .Select(labels => $"{Label(labels, label)} {Label(labels, "role")}").Order(StringComparer.Ordinal)];
        }

        static string Label(JsonElement labels, string name) => labels.TryGetProperty(name, out var value) ? value.GetString()! : "";
    }

    [Fact]
    public async Task ACommandShowsHowToOpenPsql()
    {
        var result = await shared.Host.ExecuteAsync("pg1-1", "pgaspire-psql");

        Assert.Equal($"docker exec -it -u postgres {await shared.Host.ContainerOfAsync("pg1-1")} psql -U app -d app", result.Data?.Value);
    }

    [Fact]
    public async Task PortsArePublishedOnLoopbackOnly()
    {
        var ports = await RunningHost.EngineAsync("port", await shared.Host.ContainerOfAsync("pg1-1"));

        Assert.StartsWith("5432/tcp -> 127.0.0.1:", ports, StringComparison.Ordinal);
    }
}
