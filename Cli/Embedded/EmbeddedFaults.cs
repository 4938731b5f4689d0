using PgAspire.Cli.Processes;
using PgAspire.Postgres.Control;
using PgAspire.Postgres.Drills;
using PgAspire.Postgres.Supervision;
using PgAspire.Postgres.Topology;

namespace PgAspire.Cli.Embedded;

/// <summary>Faults of instances that are plain processes.</summary>
internal sealed class EmbeddedFaults(StateFolder folder, EmbeddedController controller) : IFaultInjector
{
    private readonly Dictionary<string, IReadOnlyList<DetachedProcess>> _paused = [];
    private readonly Dictionary<string, NetworkCut> _cut = [];

    /// <inheritdoc/>
    /// <exception cref="DrillException">The instance does not run.</exception>
    public async Task InjectAsync(DrillFault fault, Instance instance, CancellationToken cancellationToken)
    {
        var server = PostmasterFile.ReadOfRunning(folder.Data(instance)) ?? throw new DrillException($"{instance.Name} does not run.");
        switch (fault)
        {
            case DrillFault.Kill:
                Native.Signal(server.ProcessId, Native.SigKill);
                break;
            case DrillFault.Pause:
                _paused[instance.Name] = Stop(server, instance);
                break;
            case DrillFault.Restart:
                await RestartAsync(instance, cancellationToken);
                break;
            case DrillFault.Partition:
                _cut[instance.Name] = new(folder, instance);
                break;
            case DrillFault.Switchover:
                await SwitchOverAsync(instance, cancellationToken);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(fault), fault, "There is no such fault.");
        }
    }

    public async Task HealAsync(Instance instance, CancellationToken cancellationToken)
    {
        if (_paused.Remove(instance.Name, out var paused))
        {
            foreach (var process in paused.Where(process => process.IsAlive()))
            {
                Native.Signal(process.Id, Native.SigContinue);
            }
        }

        if (_cut.Remove(instance.Name, out var cut))
        {
            await cut.DisposeAsync();
        }
    }

    /// <summary>Stops every process where it is, the server first, which then makes no new ones.</summary>
    private List<DetachedProcess> Stop(PostmasterFile server, Instance instance)
    {
        Native.Signal(server.ProcessId, Native.SigStop);
        var processes = PostmasterFile.ProcessesIn(folder.Data(instance))
            .Select(DetachedProcess.Find).OfType<DetachedProcess>().ToList();
        processes.ForEach(process => Native.Signal(process.Id, Native.SigStop));
        return processes;
    }

    private async Task RestartAsync(Instance instance, CancellationToken cancellationToken)
    {
        await controller.StopAsync(instance, ShutdownMode.Fast, cancellationToken);
        try
        {
            await controller.StartAsync(instance, cancellationToken);
        }
        catch (Exception exception) when (exception is CliException or IOException)
        {
            // The supervisor was there first, or ended what was started behind its back.
            await Console.Error.WriteLineAsync($"{instance.Name}: {exception.Message}");
        }
    }

    private async Task SwitchOverAsync(Instance instance, CancellationToken cancellationToken)
    {
        var reply = await new SupervisorRequests(folder.Failover).AskAsync(new(instance.Cluster, Target: null, AcceptLoss: false), cancellationToken);
        if (!reply.IsDone)
        {
            throw new DrillException($"{instance.Cluster}: {reply.Message}.");
        }
    }
}
