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
    ResourceNotificationService notifications, ResourceLoggerService loggers, GroupStates states, SupervisionStates supervision, StateFile file,
    ProcessFiles processes, ILogger<GroupWatcher> logger)
    : BackgroundService
{
    private const string NoEngineReason =
        "No container engine answers. Start Docker or Podman, or bring the topology up without one: ./pgaspire up --host embedded";

    private bool _saidNoEngine;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var change in notifications.WatchAsync(stoppingToken))
        {
            if (change.Resource is PostgresInstanceResource instance)
            {
                await FollowAsync(instance, change, stoppingToken);
            }

            await file.ChangedAsync(change, stoppingToken);
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await file.EndAsync();
    }

    private async Task FollowAsync(PostgresInstanceResource instance, ResourceEvent change, CancellationToken cancellationToken)
    {
        var snapshot = change.Snapshot;
        var before = states.Of(instance);
        var now = new MemberState(
            instance.Name,
            snapshot.State?.Text,
            snapshot.HealthStatus,
            snapshot.ExitCode,
            snapshot.HealthReports.FirstOrDefault(report => report.Description is not null)?.Description,
            WasReady: before.State == snapshot.State?.Text && before.Ready,
            IsCarried: instance.Cluster.IsSupervised && supervision.Of(instance.Cluster.Name) is { WasWhole: true, Problem: null });
        if (now.Failed)
        {
            now = now with { Message = before.Failed ? before.Message : now.NoEngine ? NoEngine() : await ReasonAsync(instance, cancellationToken) };
        }

        if (!states.Change(now))
        {
            return;
        }

        await ShowAsync(instance.Cluster);
        if (instance.Cluster.Topology is { } topology)
        {
            await ShowAsync(topology);
        }

        if (now.IsUp && !before.IsUp && InstanceData.ContainerOf(change) is { } container)
        {
            await processes.WriteAsync(instance, container, cancellationToken);
        }
    }

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

    private Task ShowAsync(IPostgresGroup group) =>
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
            key, provider => new GroupHealthCheck(group, provider.GetRequiredService<GroupStates>()), HealthStatus.Unhealthy, tags: null));
        return key;
    }
}
