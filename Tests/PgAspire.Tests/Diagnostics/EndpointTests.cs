using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using PgAspire.Monitor;
using PgAspire.Monitor.Diagnostics;
using PgAspire.Postgres.Diagnostics;

namespace PgAspire.Tests.Diagnostics;

/// <summary>The monitor's endpoints give what the command line gives.</summary>
[Collection(nameof(InspectedTopology))]
public sealed class EndpointTests(InspectedTopology inspected)
{
    [Fact]
    public async Task TheMonitorAnswersAsTheCommandLineDoesAndHasAPageOfIt()
    {
        var targets = inspected.Targets();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using var app = builder.Build();
        app.MapDiagnostics([.. targets.Select(target => new WatchedInstance(target.Cluster, target.Instance, target.ConnectionString))]);
        await app.StartAsync(TestContext.Current.CancellationToken);
        using var client = new HttpClient { BaseAddress = new(app.Urls.Single()) };

        Assert.Equal(DiagnosticCatalog.All.Count, (await GetAsync("/diagnostics"))["diagnostics"]!.AsArray().Count);
        var report = await GetAsync("/diagnostics/table-stats?instance=pg1-2");
        Assert.Equal(("table-sizes", "pg1-2"), ((string)report["name"]!, (string)report["rows"]![0]!["instance"]!));
        var command = JsonNode.Parse((await inspected.Topology.Command.RunAsync("inspect", "unlogged-tables", "--json")).Succeeded().Output)!;
        Assert.True(JsonNode.DeepEquals(command, await GetAsync("/diagnostics/unlogged-tables")));
        Assert.NotEmpty((await GetAsync("/diagnostics/all"))["findings"]!.AsArray());

        Assert.Contains("<a href=\"/diagnostics/bloat.html\">", await client.GetStringAsync("/", TestContext.Current.CancellationToken), StringComparison.Ordinal);
        var page = await client.GetStringAsync("/diagnostics/duplicate-indexes.html", TestContext.Current.CancellationToken);
        Assert.Contains("DROP INDEX CONCURRENTLY &quot;Odd Schema&quot;.&quot;Big N again&quot;;", page, StringComparison.Ordinal);
        Assert.Contains("critical", await client.GetStringAsync("/diagnostics/all.html", TestContext.Current.CancellationToken), StringComparison.Ordinal);
        var own = await client.GetStringAsync("/diagnostics/all.html?instance=pg1-2", TestContext.Current.CancellationToken);
        Assert.Contains("<h1>Findings: pg1-2</h1>", own, StringComparison.Ordinal);
        Assert.Contains(".html?instance=pg1-2\">", own, StringComparison.Ordinal);
        Assert.DoesNotContain("pg1-1", own, StringComparison.Ordinal);
        foreach (var unknown in new[] { "/diagnostics/blaot", "/diagnostics/bloat?instance=pg7", "/diagnostics/blaot.html" })
        {
            Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync(unknown, TestContext.Current.CancellationToken)).StatusCode);
        }

        async Task<JsonNode> GetAsync(string path) => JsonNode.Parse(await client.GetStringAsync(path, TestContext.Current.CancellationToken))!;
    }
}
