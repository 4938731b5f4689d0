using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using PgAspire.Monitor;
using PgAspire.Monitor.Diagnostics;

namespace PgAspire.Tests.Diagnostics;

/// <summary>What the monitor answers about instances.</summary>
internal sealed class MonitorPages : IAsyncDisposable
{
    private readonly WebApplication _app;

    private MonitorPages(WebApplication app) => (_app, Client) = (app, new() { BaseAddress = new(app.Urls.Single()) });

    public HttpClient Client { get; }

    public static async Task<MonitorPages> StartAsync(InspectedTopology inspected)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.MapDiagnostics([.. inspected.Targets().Select(target => new WatchedInstance(target.Cluster, target.Instance, target.ConnectionString))]);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new(app);
    }

    public async Task<JsonNode> JsonAsync(string path) => JsonNode.Parse(await TextAsync(path))!;

    public Task<string> TextAsync(string path) => Client.GetStringAsync(path, TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
    }
}
