using PgAspire.Cli.Processes;

namespace PgAspire.Cli.Embedded;

/// <summary>The supervisor's process: started last by an <c>up</c>, stopped first by whatever changes the topology.</summary>
internal sealed class SupervisorProcess(StateFolder folder)
{
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(15);
    private readonly StateStore _store = new(folder);

    /// <summary>Starts it where there are clusters with replicas.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (_store.Read().Supervision is null)
        {
            return;
        }

        var command = new ExternalProgram("dotnet", typeof(SupervisorProcess).Assembly.Location, "supervise", "--state", folder.Root);
        var process = await DetachedProcess.StartAsync(command, folder.ServiceLog(Supervision.Name), cancellationToken);
        _store.Write(_store.Read() with { Supervisor = process });
    }

    /// <summary>Ends it, so that this command alone changes the clusters.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_store.Read().Supervisor is { } process)
        {
            await process.StopAsync(StopPatience, cancellationToken);
        }
    }

    /// <summary>Whether it is at work.</summary>
    public bool IsRunning() => _store.Read().Supervisor?.IsAlive() == true;
}
