using Aspire.Hosting;
using Microsoft.Extensions.Logging;
using PgAspire.Hosting.Instances;
using PgAspire.Hosting.Resources;
using PgAspire.Postgres.Drills;
using PgAspire.Postgres.Supervision;
using PgAspire.Postgres.Topology;

namespace PgAspire.Hosting.Supervision;

/// <summary>Faults of instances that are containers, injected by the engine behind Aspire's back.</summary>
internal sealed class ContainerFaults(
    PostgresClusterResource cluster, ClusterSupervisor supervisor, ContainerEngine engine, IServiceProvider services, ILogger logger) : IFaultInjector
{
    private readonly Dictionary<string, string> _paused = [];
    private readonly Dictionary<string, ContainerCut> _cut = [];

    /// <inheritdoc/>
    /// <exception cref="DrillException">The instance does not run, or there is no other one to switch to.</exception>
    public async Task InjectAsync(DrillFault fault, Instance instance, CancellationToken cancellationToken)
    {
        var container = ContainerOf(instance) is { } found && engine.StateOf(found) == "running" ? found : throw new DrillException($"{instance.Name} does not run.");
        switch (fault)
        {
            case DrillFault.Kill:
                await engine.KillAsync(container, cancellationToken);
                break;
            case DrillFault.Pause:
                await engine.RunAsync(null, ["pause", container], cancellationToken);
                _paused[instance.Name] = container;
                break;
            case DrillFault.Restart:
                await RestartAsync(instance, container, cancellationToken);
                break;
            case DrillFault.Partition:
                _cut[instance.Name] = await ContainerCut.BeginAsync(() => ContainerOf(instance), engine, cancellationToken);
                break;
            case DrillFault.Switchover:
                if (await supervisor.ChangePrimaryAsync(target: null, acceptLoss: false, cancellationToken) is { } refusal)
                {
                    throw new DrillException($"{instance.Cluster}: {refusal}.");
                }

                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(fault), fault, "There is no such fault.");
        }
    }

    public async Task HealAsync(Instance instance, CancellationToken cancellationToken)
    {
        if (_paused.Remove(instance.Name, out var container) && engine.StateOf(container) == "paused")
        {
            await engine.RunAsync(null, ["unpause", container], cancellationToken);
        }

        if (_cut.Remove(instance.Name, out var cut))
        {
            await cut.DisposeAsync();
        }
    }

    private async Task RestartAsync(Instance instance, string container, CancellationToken cancellationToken)
    {
        try
        {
            await engine.RunAsync(null, ["restart", "--time", "60", container], cancellationToken);
        }
        catch (DistributedApplicationException exception)
        {
            // The supervisor was there first, or ended what was started behind its back.
            logger.LogInformation("{Instance}: {Reason}", instance.Name, exception.Message);
        }
    }

    private string? ContainerOf(Instance instance) => InstanceData.ContainerOf(cluster.Instances[instance.Ordinal - 1], services);
}
