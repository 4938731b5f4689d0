using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using NpgsqlTypes;
using PgAspire.Hosting.Instances;
using PgAspire.Hosting.Resources;
using PgAspire.Hosting.States;
using PgAspire.Postgres.Control;
using PgAspire.Postgres.Probing;
using PgAspire.Postgres.Roles;
using PgAspire.Postgres.Topology;

namespace PgAspire.Hosting.Supervision;

/// <summary>
/// The containers of one cluster, for its supervisor. Aspire starts and stops them, so that the dashboard shows what is; the engine
/// itself is asked what runs and made to kill, since that must be certain and quick.
/// </summary>
internal sealed class ContainerCluster(PostgresClusterResource cluster, ControlFolder control, IServiceProvider services) : IClusterController
{
    private static readonly TimeSpan StartPatience = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan StopPatience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan MakingPatience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan News = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);
    private readonly ContainerEngine _engine = services.GetRequiredService<ContainerEngine>();
    private readonly ResourceNotificationService _notifications = services.GetRequiredService<ResourceNotificationService>();
    private readonly ConcurrentDictionary<int, bool> _unmade = new();
    private readonly ContainerProcesses _processes = new(cluster, services.GetRequiredService<ContainerEngine>(), services);

    /// <summary>Has the next start of an instance make its data.</summary>
    public void LetMake(int ordinal) => _unmade[ordinal] = true;

    public bool IsFailure(Exception exception) => exception is DistributedApplicationException;

    /// <summary>The container sees to it: one without data copies the primary's, or refuses to start as a primary.</summary>
    public bool HasData(Instance instance) => true;

    public bool IsRunning(Instance instance) => ProcessOf(instance) == ServerProcess.Running;

    public ServerProcess ProcessOf(Instance instance) => _processes.Of(instance);

    /// <summary>The data are in a volume, which the app host does not look into.</summary>
    public NpgsqlLogSequenceNumber? EndOfWal(Instance instance) => null;

    public async Task<string?> WhyEndedAsync(Instance instance, CancellationToken cancellationToken) =>
        ServerEnd.ReasonIn(await InstanceLog.ReadAsync(services.GetRequiredService<ResourceLoggerService>(), Of(instance), cancellationToken));

    public async Task StartAsync(Instance instance, CancellationToken cancellationToken)
    {
        control.LetStart(Of(instance), make: _unmade.ContainsKey(instance.Ordinal));
        await StartContainerAsync(Of(instance), cancellationToken);
        _unmade.TryRemove(instance.Ordinal, out _);
    }

    /// <summary>
    /// Another instance is the primary: a container that somebody else starts, the engine for one, is to come up as what its instance
    /// is now.
    /// </summary>
    public void HasPrimary(int ordinal)
    {
        var primary = cluster.Instances[ordinal - 1];
        control.LetStart(primary, make: false);
        foreach (var other in cluster.Instances.Where(other => other != primary))
        {
            control.LetFollow(other, primary, anew: false);
        }
    }

    public Task StartReplicaAsync(Instance instance, Instance primary, bool anew, CancellationToken cancellationToken)
    {
        // One that is only to be asked what it has, while there is no primary, would wait for one to copy.
        control.LetFollow(Of(instance), Of(primary), anew ? true : ProcessOf(primary) == ServerProcess.Gone ? null : false);
        return StartContainerAsync(Of(instance), cancellationToken);
    }

    /// <summary>Not by Aspire's command, which takes seconds until it says that a container has stopped: the application waits for a primary's end.</summary>
    public Task StopAsync(Instance instance, ShutdownMode mode, CancellationToken cancellationToken) =>
        mode == ShutdownMode.Immediate ? FenceAsync(instance, cancellationToken) : EndAsync(instance, _engine.ShutDownAsync, cancellationToken);

    public Task FenceAsync(Instance instance, CancellationToken cancellationToken) => EndAsync(instance, _engine.KillAsync, cancellationToken);

    private PostgresInstanceResource Of(Instance instance) => cluster.Instances[instance.Ordinal - 1];

    private async Task EndAsync(Instance instance, Func<string, CancellationToken, Task> end, CancellationToken cancellationToken)
    {
        if (_processes.Runs(instance) && InstanceData.ContainerOf(Of(instance), services) is { } container)
        {
            await end(container, cancellationToken);
            await WaitUntilGoneAsync(instance, cancellationToken);
        }
    }

    private async Task WaitUntilGoneAsync(Instance instance, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(StopPatience);
        while (ProcessOf(instance) != ServerProcess.Gone)
        {
            await Task.Delay(Pause, patience.Token);
        }
    }

    private async Task StartContainerAsync(PostgresInstanceResource instance, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(StartPatience);
        // Aspire starts nothing that the engine still takes for running.
        while (_processes.RunsByEngine(instance.ToInstance()))
        {
            if (ProcessOf(instance.ToInstance()) == ServerProcess.Running)
            {
                return;
            }

            await Task.Delay(Moment, patience.Token);
        }

        var isImageHere = InstanceData.ContainerOf(instance, services) is not null;
        await CommandAsync(instance, KnownResourceCommands.StartCommand, patience.Token);
        var begun = Stopwatch.GetTimestamp();
        var (asked, makingPatience) = (begun, MakingPatience);
        var host = (await instance.Host.GetValueAsync(patience.Token))!;
        var port = int.Parse((await instance.Port.GetValueAsync(patience.Token))!, CultureInfo.InvariantCulture);
        while (!(await StartupProbe.AskAsync(host, port, RoleNames.Superuser, "postgres", patience.Token)).AsksForPassword)
        {
            // What Aspire says of it may be of before for a while.
            if (Stopwatch.GetElapsedTime(begun) > News && _notifications.TryGetCurrentState(instance.Name, out var current)
                && KnownResourceStates.TerminalStates.Contains(current.Snapshot.State?.Text))
            {
                throw new DistributedApplicationException($"{instance.Name} ended with exit code {current.Snapshot.ExitCode}; its log says why.");
            }

            // Now and then the orchestrator says that it has started a container, and never makes it.
            if (isImageHere && Stopwatch.GetElapsedTime(asked) > makingPatience && !_processes.RunsByEngine(instance.ToInstance()))
            {
                await CommandAsync(instance, KnownResourceCommands.StartCommand, patience.Token);
                (asked, makingPatience) = (Stopwatch.GetTimestamp(), 2 * makingPatience);
            }

            await Task.Delay(Pause, patience.Token);
        }

        _processes.HasStarted(instance.ToInstance());
    }

    private async Task CommandAsync(PostgresInstanceResource instance, string command, CancellationToken cancellationToken)
    {
        var result = await services.GetRequiredService<ResourceCommandService>().ExecuteCommandAsync(instance, command, cancellationToken);
        if (!result.Success)
        {
            throw new DistributedApplicationException($"{instance.Name}: {command} failed: {result.Message}");
        }
    }
}
