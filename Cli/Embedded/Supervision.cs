using System.Collections.Concurrent;
using System.Globalization;
using PgAspire.Postgres.Declaration;
using PgAspire.Postgres.Supervision;

namespace PgAspire.Cli.Embedded;

/// <summary>The supervisors of all clusters with replicas, in a process of their own that outlives the <c>up</c> which started it.</summary>
internal sealed class Supervision(StateFolder folder, string token, Action<string> log) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, ClusterSupervisor> _supervisors = new();
    private readonly SupervisorEventFile _events = new(folder.SupervisorEvents);

    /// <summary>The name that <c>logs</c> knows it by.</summary>
    public const string Name = "supervisor";

    /// <summary>Acts until cancelled.</summary>
    /// <exception cref="CliException">Nothing is to be supervised, or somebody else does.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var only = SupervisorLock.TryTake(folder) ?? throw new CliException("Another supervisor is at work here.");
        SupervisorLock.Sign(folder);
        var store = new StateStore(folder);
        var (state, secrets, memory) = (store.Read(), store.ReadSecrets(), new FileMemoryStore(folder.Failover));
        if (state.SupervisorToken != token)
        {
            throw new CliException("Another command has taken over meanwhile: ended without a step.");
        }

        var supervision = state.Supervision ?? throw new CliException("There is no cluster with replicas here.");
        var postgres = await PostgresInstallation.ProbeAsync(state.Binaries, cancellationToken)
            ?? throw new CliException($"There is no PostgreSQL in {state.Binaries} any more.");
        var controller = new EmbeddedController(folder, postgres, supervision.Settings);
        var durability = supervision.IsFast ? Durability.Fast : Durability.Safe;
        foreach (var name in state.Clusters.Where(name => memory.Read(name) is not null))
        {
            var cluster = EmbeddedHost.WithPorts(name, state.InstancesPerCluster, state);
            _supervisors[name] = new(
                ReplicatedCluster.Supervised(cluster, secrets[name], supervision.Quorum, supervision.UnresponsiveAfter),
                new EmbeddedCluster(folder, postgres, controller, secrets[name], durability),
                memory,
                Tell);
        }

        log($"supervising {string.Join(", ", _supervisors.Keys.Order(StringComparer.Ordinal))}");
        var requests = new SupervisorRequests(folder.Failover).ServeAsync(_supervisors, drill: null, cancellationToken);
        await Task.WhenAll([requests, .. _supervisors.Select(entry => RunAsync(entry.Key, entry.Value, cancellationToken))]);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var supervisor in _supervisors.Values)
        {
            await supervisor.DisposeAsync();
        }
    }

    /// <summary>One cluster's supervisor that fails must not end the others'.</summary>
    private async Task RunAsync(string name, ClusterSupervisor supervisor, CancellationToken cancellationToken)
    {
        try
        {
            await supervisor.RunAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is CliException or IOException or UnauthorizedAccessException)
        {
            log($"{name}: supervision ends: {exception.Message}");
            throw;
        }
    }

    private void Tell(SupervisorEvent happened)
    {
        log(string.Create(CultureInfo.InvariantCulture, $"{happened.Instance ?? happened.Cluster}: {happened.Kind} in {happened.Duration.TotalMilliseconds:0} ms: {happened.Message}"));
        _events.Append(happened);
    }
}
