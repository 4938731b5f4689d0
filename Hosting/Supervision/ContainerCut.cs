using System.Text.Json;
using Aspire.Hosting;

namespace PgAspire.Hosting.Supervision;

/// <summary>
/// Takes an instance's container off its networks while its processes go on: packets to it vanish. One that takes its place is taken
/// off too, until this is disposed of.
/// </summary>
internal sealed class ContainerCut : IAsyncDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);
    private readonly Func<string?> _container;
    private readonly ContainerEngine _engine;
    private readonly CancellationTokenSource _ended = new();
    private readonly Dictionary<string, IReadOnlyDictionary<string, string[]>> _networks = [];
    private Task _cutting = Task.CompletedTask;

    private ContainerCut(Func<string?> container, ContainerEngine engine) => (_container, _engine) = (container, engine);

    /// <summary>Cuts it off, and keeps it so.</summary>
    /// <param name="container">The instance's container of the moment; null while there is none.</param>
    /// <param name="engine">The engine.</param>
    /// <param name="cancellationToken">Cancels the first cut.</param>
    public static async Task<ContainerCut> BeginAsync(Func<string?> container, ContainerEngine engine, CancellationToken cancellationToken)
    {
        var cut = new ContainerCut(container, engine);
        await cut.CutAsync(cancellationToken);
        cut._cutting = Task.Run(cut.KeepAsync, CancellationToken.None);
        return cut;
    }

    /// <summary>Brings back what is still there.</summary>
    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        await _cutting;
        _ended.Dispose();
        foreach (var (container, networks) in _networks.Where(known => _engine.StateOf(known.Key) == "running"))
        {
            var connected = await NetworksOfAsync(container, CancellationToken.None);
            foreach (var (network, aliases) in networks.Where(known => !connected.ContainsKey(known.Key)))
            {
                await _engine.RunAsync(null, ["network", "connect", .. aliases.SelectMany(alias => new[] { "--alias", alias }), network, container], CancellationToken.None);
            }
        }
    }

    private async Task KeepAsync()
    {
        while (!_ended.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(Look, _ended.Token);
                await CutAsync(_ended.Token);
            }
            catch (Exception exception) when (exception is OperationCanceledException or DistributedApplicationException)
            {
                // Ended, or the container went away under it: the next look finds another one.
            }
        }
    }

    /// <summary>Also once more: Aspire connects a container again that has lost its network.</summary>
    private async Task CutAsync(CancellationToken cancellationToken)
    {
        if (_container() is not { } container || _engine.StateOf(container) != "running")
        {
            return;
        }

        var connected = await NetworksOfAsync(container, cancellationToken);
        if (connected.Count > 0)
        {
            _networks[container] = connected;
        }

        foreach (var network in connected.Keys)
        {
            await _engine.RunAsync(null, ["network", "disconnect", "--force", network, container], cancellationToken);
        }
    }

    private async Task<IReadOnlyDictionary<string, string[]>> NetworksOfAsync(string container, CancellationToken cancellationToken)
    {
        var said = await _engine.RunAsync(null, ["container", "inspect", "--format", "{{json .NetworkSettings.Networks}}", container], cancellationToken);
        using var document = JsonDocument.Parse(said);
        return document.RootElement.EnumerateObject().ToDictionary(network => network.Name, network => Aliases(network.Value));
    }

    private static string[] Aliases(JsonElement network) => network.TryGetProperty("Aliases", out var aliases) && aliases.ValueKind == JsonValueKind.Array
        ? [.. aliases.EnumerateArray().Select(alias => alias.GetString()!)]
        : [];
}
