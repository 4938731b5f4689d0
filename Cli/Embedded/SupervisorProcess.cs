using PgAspire.Cli.Processes;

namespace PgAspire.Cli.Embedded;

/// <summary>The supervisor's process: started last by an <c>up</c>, stopped first by whatever changes the topology.</summary>
internal sealed class SupervisorProcess(StateFolder folder)
{
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(15);
    private readonly StateStore _store = new(folder);

    /// <summary>Starts it where there are clusters with replicas.</summary>
    public void Start()
    {
        if (_store.Read().Supervision is null)
        {
            return;
        }

        var token = Guid.NewGuid().ToString("N");
        _store.Update(state => state with { SupervisorToken = token });
        var command = new ExternalProgram("dotnet", typeof(SupervisorProcess).Assembly.Location, "supervise", "--state", folder.Root, "--token", token);
        var process = DetachedProcess.Start(command, folder.ServiceLog(Supervision.Name));
        _store.Update(state => state with { Supervisor = process });
    }

    /// <summary>Ends it, so that this command alone changes the clusters.</summary>
    /// <exception cref="CliException">It does not end.</exception>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (!Directory.Exists(folder.Failover))
        {
            return;
        }

        // One that a killed command has started, and could not write down, ends by itself when it sees that it is not meant.
        var known = _store.Read().Supervisor;
        _store.Update(state => state with { SupervisorToken = null, Supervisor = null });
        if (known is not null)
        {
            await known.StopAsync(StopPatience, cancellationToken);
        }

        // One that got as far as to act has left its number.
        SupervisorLock? free = null;
        while ((free = SupervisorLock.TryTake(folder)) is null)
        {
            if (SupervisorLock.HolderOf(folder) is { } holder)
            {
                await holder.StopAsync(StopPatience, cancellationToken);
            }

            await Task.Delay(20, cancellationToken);
        }

        free.Dispose();
    }

    /// <summary>Whether it is at work.</summary>
    public bool IsRunning() => _store.Read().Supervisor?.IsAlive() == true;
}
