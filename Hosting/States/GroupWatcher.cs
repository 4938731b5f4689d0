using System.Threading.Channels;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PgAspire.Hosting.Instances;
using PgAspire.Hosting.Resources;
using PgAspire.Hosting.Supervision;
using PgAspire.Postgres.Containers;

namespace PgAspire.Hosting.States;

/// <summary>Follows every instance, and shows clusters and topologies accordingly.</summary>
internal sealed class GroupWatcher(
    DistributedApplicationModel model, ResourceNotificationService notifications, ResourceLoggerService loggers, GroupStates states, SupervisionStates supervision,
    StateFile file, ProcessFiles processes, ContainerEngine engine, ILogger<GroupWatcher> logger)
    : BackgroundService
{
    private const string NoEngineReason =
        "No container engine answers. Start Docker or Podman, or bring the topology up without one: ./pgaspire up --host embedded";

    private readonly SemaphoreSlim _one = new(1);
    private bool _saidNoEngine;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(FollowResourcesAsync(stoppingToken), FollowSupervisorsAsync(stoppingToken));

    public override void Dispose()
    {
        base.Dispose();
        _one.Dispose();
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await file.EndAsync();
    }

    private async Task FollowResourcesAsync(CancellationToken cancellationToken)
    {
        await foreach (var change in notifications.WatchAsync(cancellationToken))
        {
            await AloneAsync(
                async () =>
                {
                    if (change.Resource is PostgresInstanceResource instance)
                    {
                        await FollowAsync(instance, change, cancellationToken);
                    }

                    await file.ChangedAsync(change, cancellationToken);
                },
                cancellationToken);
        }
    }

    /// <summary>Whether an instance that has ended is a failure depends on what its supervisor makes of it.</summary>
    private async Task FollowSupervisorsAsync(CancellationToken cancellationToken)
    {
        var changes = Channel.CreateUnbounded<string>();
        void Write(string cluster) => changes.Writer.TryWrite(cluster);
        supervision.Changed += Write;
        try
        {
            await foreach (var name in changes.Reader.ReadAllAsync(cancellationToken))
            {
                await AloneAsync(
                    async () =>
                    {
                        var cluster = model.Resources.OfType<PostgresClusterResource>().Single(cluster => cluster.Name == name);
                        foreach (var instance in cluster.Instances)
                        {
                            states.Change(await JudgeAsync(instance, states.Of(instance), cancellationToken));
                        }

                        await ShowAsync(cluster);
                        await file.WriteAsync(cancellationToken);
                    },
                    cancellationToken);
            }
        }
        finally
        {
            supervision.Changed -= Write;
        }
    }

    private async Task AloneAsync(Func<Task> work, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            await work();
        }
        finally
        {
            _one.Release();
        }
    }

    private async Task FollowAsync(PostgresInstanceResource instance, ResourceEvent change, CancellationToken cancellationToken)
    {
        var snapshot = change.Snapshot;
        var before = states.Of(instance);
        var now = await JudgeAsync(
            instance,
            new(
                instance.Name,
                await StateOfAsync(snapshot, cancellationToken),
                snapshot.HealthStatus,
                snapshot.ExitCode,
                snapshot.HealthReports.FirstOrDefault(report => report.Description is not null)?.Description,
                WasReady: before.State == snapshot.State?.Text && before.Ready),
            cancellationToken);
        if (states.Change(now))
        {
            await ShowAsync(instance.Cluster);
        }

        if (now.IsUp && !before.IsUp && InstanceData.ContainerOf(change) is { } container)
        {
            await processes.WriteAsync(instance, container, cancellationToken);
        }
    }

    /// <summary>What is known of an instance together with what its supervisor makes of it, and why it failed where it has.</summary>
    private async Task<MemberState> JudgeAsync(PostgresInstanceResource instance, MemberState now, CancellationToken cancellationToken)
    {
        var before = states.Of(instance);
        now = now with { Supervision = instance.Cluster.IsSupervised ? supervision.Of(instance.Cluster.Name) : null };
        return !now.Failed ? now : now with
        {
            Message = now.IsGivenUp ? now.Supervision!.Problem
                : before.Failed ? before.Message
                : now.NoEngine ? NoEngine()
                : await ReasonAsync(instance, cancellationToken),
        };
    }

    /// <summary>Where the orchestrator takes an engine for gone that answers us, on a machine that is busy, it goes on by itself a moment later.</summary>
    private async Task<string?> StateOfAsync(CustomResourceSnapshot snapshot, CancellationToken cancellationToken) =>
        snapshot.State?.Text == KnownResourceStates.RuntimeUnhealthy && await engine.AnswersAsync(cancellationToken)
            ? KnownResourceStates.Waiting
            : snapshot.State?.Text;

    private string NoEngine()
    {
        if (!_saidNoEngine)
        {
            _saidNoEngine = true;
            logger.LogError("{Reason}", NoEngineReason);
        }

        return NoEngineReason;
    }

    private async Task<string> ReasonAsync(PostgresInstanceResource instance, CancellationToken cancellationToken)
    {
        var reason = ContainerLog.FailureIn(await InstanceLog.ReadAsync(loggers, instance, cancellationToken)) ?? "The container ended; its log says why.";
        loggers.GetLogger(instance.Cluster).LogError("{Instance}: {Reason}", instance.Name, reason);
        return reason;
    }

    private async Task ShowAsync(PostgresClusterResource cluster)
    {
        await PublishAsync(cluster);
        if (cluster.Topology is { } topology)
        {
            await PublishAsync(topology);
        }
    }

    private Task PublishAsync(IPostgresGroup group) =>
        notifications.PublishUpdateAsync(group, snapshot => GroupState.Update(snapshot, states.Of(group)));
}

/// <summary>Registers what follows the instances, once an app host.</summary>
internal static class GroupServices
{
    public static void AddPostgresGroups(this IServiceCollection services)
    {
        services.TryAddSingleton<GroupStates>();
        services.TryAddSingleton<StateFile>();
        services.TryAddSingleton<ContainerEngine>();
        services.TryAddSingleton<ProcessFiles>();
        services.TryAddSingleton<TransientVolumes>();
        services.TryAddSingleton<SupervisionStates>();
        services.TryAddSingleton<ClusterSupervision>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, ClusterSupervision>(provider => provider.GetRequiredService<ClusterSupervision>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, GroupWatcher>());
    }

    /// <summary>Lets Aspire ask for a group's health.</summary>
    public static string AddGroupHealthCheck(this IServiceCollection services, IPostgresGroup group)
    {
        var key = $"{group.Name}_check";
        services.AddHealthChecks().Add(new HealthCheckRegistration(
            key, provider => new GroupHealthCheck(group, provider.GetRequiredService<GroupStates>(), provider.GetRequiredService<SupervisionStates>()), HealthStatus.Unhealthy, tags: null));
        return key;
    }
}
