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
            foreach (var (network, aliases) in networks)
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
                await CutAsync(_ended.Token);
                await Task.Delay(Look, _ended.Token);
            }
            catch (Exception exception) when (exception is OperationCanceledException or DistributedApplicationException)
            {
                // Ended, or the container went away under it: the next look finds another one.
            }
        }
    }

    private async Task CutAsync(CancellationToken cancellationToken)
    {
        if (_container() is not { } container || _networks.ContainsKey(container) || _engine.StateOf(container) != "running")
        {
            return;
        }

        var said = await _engine.RunAsync(null, ["container", "inspect", "--format", "{{json .NetworkSettings.Networks}}", container], cancellationToken);
        using var document = JsonDocument.Parse(said);
        var networks = document.RootElement.EnumerateObject().ToDictionary(network => network.Name, network => Aliases(network.Value));
        _networks[container] = networks;
        foreach (var network in networks.Keys)
        {
            await _engine.RunAsync(null, ["network", "disconnect", "--force", network, container], cancellationToken);
        }
    }

    private static string[] Aliases(JsonElement network) => network.TryGetProperty("Aliases", out var aliases) && aliases.ValueKind == JsonValueKind.Array
        ? [.. aliases.EnumerateArray().Select(alias => alias.GetString()!)]
        : [];
}
