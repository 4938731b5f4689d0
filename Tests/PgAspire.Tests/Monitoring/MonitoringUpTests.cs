using System.Net.Http.Json;
using PgAspire.Cli.Embedded;
using PgAspire.Monitoring;
using PgAspire.Tests.Support;

namespace PgAspire.Tests.Monitoring;

/// <summary><c>up --monitoring</c> on the embedded host, as a user runs it.</summary>
public sealed class MonitoringUpTests
{
    [Fact]
    public async Task EveryPanelHasDataEveryRuleIsLoadedAndDownStopsAll()
    {
        MonitoringTool.Require("prometheus");
        MonitoringTool.Require("alertmanager");
        await using var topology = await TestTopology.MakeAsync("""
            { "clusters": 1, "instances": 2, "durability": "fast", "initScripts": "initdb", "unresponsiveAfter": 300 }
            """);
        foreach (var script in Directory.EnumerateFiles(Path.Combine(Repository.Root, "initdb"), "*.sql"))
        {
            topology.Write(Path.Combine("initdb", Path.GetFileName(script)), await File.ReadAllTextAsync(script, TestContext.Current.CancellationToken));
        }

        var command = topology.Command with { Environment = new Dictionary<string, string?> { ["Monitor__SlowInterval"] = "5" } };
        var up = (await command.RunAsync("up", "--host", "embedded", "--detach", "--monitoring", "--alert", "Webhook=http://127.0.0.1:9/")).Succeeded();

        var status = await topology.StatusAsync();
        Assert.Contains(status.Prometheus!.Url!, up.Output, StringComparison.Ordinal);
        Assert.Contains(status.Alertmanager!.Url!, up.Output, StringComparison.Ordinal);
        using var prometheus = new PrometheusClient(status.Prometheus.Url!);
        using var stop = new CancellationTokenSource();
        var load = LoadAsync(status.Api.Url!, stop.Token);
        await HasDataAsync(prometheus, status);
        await stop.CancelAsync();
        await load;
        await RulesAreLoadedAsync(prometheus, status);

        (await topology.DownAsync("--volumes")).Succeeded();
        await StrayProcesses.UntilNoneAsync(topology.Folder);
        Assert.False(Directory.Exists(topology.State));
        Assert.All([status.Prometheus, status.Alertmanager], service => Assert.True(Ports.IsFree(new Uri(service.Url!).Port)));
    }

    [Fact]
    public async Task WithoutTheProgramsOneMessageNamesTheirPackages()
    {
        await using var topology = await TestTopology.MakeAsync();
        var folder = Directory.CreateDirectory(topology.Of("bin")).FullName;
        foreach (var program in new[] { "dotnet", "env", "sh" })
        {
            File.CreateSymbolicLink(Path.Combine(folder, program), MonitoringTool.Locate(program)!);
        }

        var command = topology.Command with { Environment = new Dictionary<string, string?> { ["PATH"] = folder } };
        var message = (await command.RunAsync("up", "--host", "embedded", "--detach", "--monitoring")).FailedWith(1);

        Assert.Contains("Prometheus and Alertmanager, which are not installed", message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(topology.State, "data")));
    }

    [Theory]
    [InlineData("Webhok=http://127.0.0.1:9/", "is unknown")]
    [InlineData("Webhook", "name=value")]
    public async Task AWrongReceiverIsRefusedBeforeAnythingStarts(string alert, string allowed)
    {
        await using var topology = await TestTopology.MakeAsync();

        var outcome = await topology.UpAsync("--monitoring", "--alert", alert);

        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains(allowed, outcome.Error, StringComparison.Ordinal);
    }

    private static async Task HasDataAsync(PrometheusClient prometheus, TopologyStatus status)
    {
        var major = int.Parse(status.Instances[0].Version!.Split('.')[0], System.Globalization.CultureInfo.InvariantCulture);
        var queries = Dashboard.All.SelectMany(dashboard => dashboard.Panels).SelectMany(panel => panel.Queries.Select(query => (Panel: panel, Query: Substitute(panel, query))))
            .Where(entry => major >= 16 || !entry.Query.Contains("postgresql_io_", StringComparison.Ordinal)).ToList();
        var without = queries;
        using var budget = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (without.Count > 0)
        {
            var still = new List<(DashboardPanel, string)>();
            foreach (var entry in without)
            {
                if ((await prometheus.QueryAsync(entry.Query)).All(value => value == "NaN"))
                {
                    still.Add(entry);
                }
            }

            without = still;
            Assert.False(budget.IsCancellationRequested, $"No data:\n{string.Join('\n', without)}");
            await Task.Delay(500, CancellationToken.None);
        }
    }

    // One instance is its primary; every other variable takes all.
    private static string Substitute(DashboardPanel panel, string query) => query
        .Replace("$cluster", ".*", StringComparison.Ordinal)
        .Replace("$instance", panel.Dashboard == "instance.json" ? "pg1-1" : ".*", StringComparison.Ordinal)
        .Replace("$__rate_interval", "30s", StringComparison.Ordinal);

    private static async Task RulesAreLoadedAsync(PrometheusClient prometheus, TopologyStatus status)
    {
        var groups = (await prometheus.AskAsync("api/v1/rules")).GetProperty("groups").EnumerateArray();
        var rules = groups.SelectMany(group => group.GetProperty("rules").EnumerateArray()).ToList();
        Assert.Equal(AlertRules.All.Select(rule => rule.Name).Order(StringComparer.Ordinal), rules.Select(rule => rule.GetProperty("name").GetString()).Order(StringComparer.Ordinal));
        Assert.All(rules, rule => Assert.Equal("ok", rule.GetProperty("health").GetString()));
        Assert.DoesNotContain(rules, rule => rule.GetProperty("state").GetString() == "firing" && rule.GetProperty("labels").GetProperty("severity").GetString() == "critical");
        Assert.Contains(
            $"{PrometheusConfiguration.RunbookLabel}: {status.Monitor.Url}/\n", (await prometheus.AskAsync("api/v1/status/config")).GetProperty("yaml").GetString(), StringComparison.Ordinal);
        var managers = (await prometheus.AskAsync("api/v1/alertmanagers")).GetProperty("activeAlertmanagers").EnumerateArray();
        Assert.Equal($"{status.Alertmanager!.Url}/api/v2/alerts", Assert.Single(managers).GetProperty("url").GetString());
        Assert.DoesNotContain(PrometheusConfiguration.RunbookLabel, (await prometheus.AskAsync("api/v1/targets")).ToString(), StringComparison.Ordinal);
    }

    private static async Task LoadAsync(string api, CancellationToken cancellationToken)
    {
        using var client = new HttpClient { BaseAddress = new Uri(api) };
        for (var number = 0; !cancellationToken.IsCancellationRequested; number++)
        {
            using var made = await client.PostAsJsonAsync($"customers/c{number % 50}/orders", new { item = "tea", quantity = 1 }, CancellationToken.None);
            using var read = await client.GetAsync(new Uri("stats", UriKind.Relative), CancellationToken.None);
            Assert.True(made.IsSuccessStatusCode && read.IsSuccessStatusCode, $"{made.StatusCode} {read.StatusCode}");
            await Task.Delay(20, CancellationToken.None);
        }
    }
}
