using System.Net;
using System.Text.Json.Nodes;
using PgAspire.Postgres.Diagnostics;

namespace PgAspire.Tests.Diagnostics;

/// <summary>The monitor's endpoints give what the command line gives.</summary>
[Collection(nameof(InspectedTopology))]
public sealed class EndpointTests(InspectedTopology inspected)
{
    [Fact]
    public async Task TheMonitorAnswersAsTheCommandLineDoesAndHasAPageOfIt()
    {
        await using var pages = await MonitorPages.StartAsync(inspected);
        Assert.Equal(DiagnosticCatalog.All.Count, (await pages.JsonAsync("/diagnostics"))["diagnostics"]!.AsArray().Count);
        var report = await pages.JsonAsync("/diagnostics/table-stats?instance=pg1-2");
        Assert.Equal(("table-sizes", "pg1-2"), ((string)report["name"]!, (string)report["rows"]![0]!["instance"]!));
        var command = JsonNode.Parse((await inspected.Topology.Command.RunAsync("inspect", "unlogged-tables", "--json")).Succeeded().Output)!;
        Assert.True(JsonNode.DeepEquals(command, await pages.JsonAsync("/diagnostics/unlogged-tables")));
        Assert.NotEmpty((await pages.JsonAsync("/diagnostics/all"))["findings"]!.AsArray());

        Assert.Contains("<a href=\"/diagnostics/bloat.html\">", await pages.TextAsync("/"), StringComparison.Ordinal);
        var page = await pages.TextAsync("/diagnostics/duplicate-indexes.html");
        Assert.Contains("DROP INDEX CONCURRENTLY &quot;Odd Schema&quot;.&quot;Big N again&quot;;", page, StringComparison.Ordinal);
        Assert.Contains("critical", await pages.TextAsync("/diagnostics/all.html"), StringComparison.Ordinal);
        var own = await pages.TextAsync("/diagnostics/all.html?instance=pg1-2");
        Assert.Contains("<h1>Findings: pg1-2</h1>", own, StringComparison.Ordinal);
        Assert.Contains(".html?instance=pg1-2\">", own, StringComparison.Ordinal);
        Assert.DoesNotContain("pg1-1", own, StringComparison.Ordinal);
        foreach (var unknown in new[] { "/diagnostics/blaot", "/diagnostics/bloat?instance=pg7", "/diagnostics/blaot.html" })
        {
            Assert.Equal(HttpStatusCode.NotFound, (await pages.Client.GetAsync(unknown, TestContext.Current.CancellationToken)).StatusCode);
        }
    }
}
