using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.Logging;
using PgAspire.SampleApi.Orders;
using PgAspire.Tests.Support;

namespace PgAspire.Tests.Diagnostics;

/// <summary>From a statement that the monitor sees, to the request to the API that issued it, and to its trace.</summary>
[Collection(nameof(InspectedTopology))]
public sealed class RequestTests(InspectedTopology inspected)
{
    private const string Customer = "ZqCustomer";
    private const string Application = "PgAspire.SampleApi";

    [Fact]
    public async Task AStatementLeadsToTheRequestThatIssuedItWhileItWaitsAndAfterwards()
    {
        await using var holder = await inspected.OpenAsync(application: "holder");
        await MakeSlowOrdersAsync();
        using var spans = new Spans();
        await using var api = new Api($"{inspected.ConnectionString()};Command Timeout=60");
        await using var pages = await MonitorPages.StartAsync(inspected);
        await InspectedTopology.RunAsync(holder, "BEGIN; LOCK TABLE orders IN SHARE ROW EXCLUSIVE MODE");
        using var client = api.CreateClient();
        var ordering = client.PostAsJsonAsync($"/customers/{Customer}/orders", new { item = "ZqItem", quantity = 1 }, TestContext.Current.CancellationToken);

        // While it waits.
        var shown = new List<JsonNode>();
        JsonNode? waiting = null;
        foreach (var diagnostic in new[] { "running", "blocking", "locks" })
        {
            await Until.TrueAsync(async () => (waiting = await RowAsync(pages, diagnostic, shown)) is not null, $"{diagnostic} shows the API's statement");
            Assert.Equal(Application, (string?)waiting!["application"]);
        }

        var session = (string)waiting!["pid"]!;
        await InspectedTopology.RunAsync(holder, "ROLLBACK");
        Assert.Equal(HttpStatusCode.Created, (await ordering).StatusCode);

        // Afterwards.
        var route = (string)waiting["route"]!;
        await Until.TrueAsync(
            async () => await RowAsync(pages, "slow-queries", shown) is { } row && (string?)row["route"] == route && (string?)row["application"] == Application,
            "the monitor has the route of the slow statement");
        var finding = Assert.Single(shown[^1]["findings"]!.AsArray(), finding => ((string)finding!["subject"]!).StartsWith("INSERT INTO orders", StringComparison.Ordinal));
        Assert.Contains($", issued by {route} of {Application} (its first caller)", (string)finding!["meaning"]!, StringComparison.Ordinal);
        Assert.Contains(WebUtility.HtmlEncode(route), await pages.TextAsync("/diagnostics/slow-queries.html"), StringComparison.Ordinal);
        Assert.DoesNotContain("Zq", string.Concat(shown.Select(json => json.ToJsonString())), StringComparison.Ordinal);

        // The trace: the request's span has this route, and the statement's span is the session's.
        await Until.TrueAsync(() => spans.All.Any(IsRequest), "the request's span has ended");
        var request = Assert.Single(spans.All, IsRequest);
        Assert.Equal(route, $"{request.GetTagItem("http.request.method")} {request.GetTagItem("http.route")}");
        Assert.Contains(spans.All, span => span.TraceId == request.TraceId
            && $"{span.GetTagItem("db.npgsql.connection_id")}" == session
            && $"{span.GetTagItem("db.query.text")}".Contains(Uri.EscapeDataString(route), StringComparison.Ordinal));
    }

    private static bool IsRequest(Activity span) => span.GetTagItem("url.path") is string path && path.Contains(Customer, StringComparison.Ordinal);

    private static async Task<JsonNode?> RowAsync(MonitorPages pages, string diagnostic, List<JsonNode> shown)
    {
        var report = await pages.JsonAsync($"/diagnostics/{diagnostic}?instance=pg1-1");
        shown.Add(report);
        return report["rows"]!.AsArray().FirstOrDefault(row => row!["statement"] is { } statement && ((string)statement!).StartsWith("INSERT INTO orders", StringComparison.Ordinal));
    }

    /// <summary>The API's tables, in which each order takes more than a second.</summary>
    private async Task MakeSlowOrdersAsync()
    {
        await using var session = await inspected.OpenAsync();
        foreach (var script in Directory.EnumerateFiles(Path.Combine(Repository.Root, "initdb"), "*.sql").Order(StringComparer.Ordinal))
        {
            await InspectedTopology.RunAsync(session, await File.ReadAllTextAsync(script, TestContext.Current.CancellationToken));
        }

        await InspectedTopology.RunAsync(session, "CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(1.1); RETURN NEW; END'");
        await InspectedTopology.RunAsync(session, "CREATE TRIGGER dawdle BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION dawdle()");
    }

    /// <summary>The API in this process, so that its spans are seen, over one instance.</summary>
    private sealed class Api(string connectionString) : WebApplicationFactory<OrderStore>
    {
        protected override void ConfigureWebHost(IWebHostBuilder builder)
        {
            builder.ConfigureLogging(logging => logging.ClearProviders());
            builder.UseSetting("ConnectionStrings:pg1", connectionString);
            builder.UseSetting("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://127.0.0.1:1/v1/traces"); // Nobody: that makes it have spans.
        }
    }

    private sealed class Spans : IDisposable
    {
        private readonly ActivityListener _listener;

        public Spans()
        {
            _listener = new()
            {
                ShouldListenTo = source => source.Name is "Npgsql" or "Microsoft.AspNetCore",
                Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
                ActivityStopped = All.Enqueue,
            };
            ActivitySource.AddActivityListener(_listener);
        }

        public ConcurrentQueue<Activity> All { get; } = [];

        public void Dispose() => _listener.Dispose();
    }
}
