using System.Text.Json.Nodes;
using PgAspire.Monitor;
using PgAspire.Monitor.Diagnostics;
using PgAspire.Tests.Support;

namespace PgAspire.Tests.Diagnostics;

/// <summary>What the monitor answers about instances.</summary>
internal sealed class MonitorPages(LocalSite site) : IAsyncDisposable
{
    public HttpClient Client => site.Client;

    public static async Task<MonitorPages> StartAsync(InspectedTopology inspected) => new(await LocalSite.StartAsync(
        routes => routes.MapDiagnostics([.. inspected.Targets().Select(target => new WatchedInstance(target.Cluster, target.Instance, target.ConnectionString))])));

    public async Task<JsonNode> JsonAsync(string path) => JsonNode.Parse(await TextAsync(path))!;

    public Task<string> TextAsync(string path) => site.TextAsync(path);

    public ValueTask DisposeAsync() => site.DisposeAsync();
}
