using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PgAspire.Hosting.Instances;
using PgAspire.Hosting.Options;
using PgAspire.Hosting.Resources;
using PgAspire.Postgres.Drills;
using PgAspire.Postgres.Failover;
using PgAspire.Postgres.Supervision;

namespace PgAspire.Hosting.Supervision;

/// <summary>The supervisors of all clusters with replicas of this app host.</summary>
internal sealed class ClusterSupervision(
    DistributedApplicationModel model, IServiceProvider services, SupervisionStates states, IHostApplicationLifetime lifetime, ResourceLoggerService loggers)
    : BackgroundService
{
    private readonly ConcurrentDictionary<string, ControlFolder> _folders = new();
    private readonly ConcurrentDictionary<string, ClusterSupervisor> _supervisors = new();
    private readonly ConcurrentDictionary<string, (CancellationTokenSource End, Task Run)> _runs = new();
    private readonly TaskCompletionSource _created = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The resources exist: they can be started.</summary>
    public void Begin() => _created.TrySetResult();

    /// <summary>The folder of a cluster, made when its containers are completed.</summary>
    public ControlFolder FolderOf(PostgresClusterResource cluster, RunScope scope) =>
        _folders.GetOrAdd(cluster.Name, _ => new(cluster, InstanceContainer.DataOf(cluster.Instances[0]).Source!, scope));

    /// <summary>The same; null until then.</summary>
    public ControlFolder? FolderOf(PostgresClusterResource cluster) => _folders.GetValueOrDefault(cluster.Name);

    /// <summary>A cluster's supervisor; null while it has none.</summary>
    public ClusterSupervisor? Of(PostgresClusterResource cluster) => _supervisors.GetValueOrDefault(cluster.Name);

    /// <summary>Ends the supervision of a cluster, so that its instances can be stopped and stay so.</summary>
    public async Task PauseAsync(PostgresClusterResource cluster)
    {
        if (_runs.TryRemove(cluster.Name, out var run))
        {
            await run.End.CancelAsync();
            await run.Run;
            run.End.Dispose();
        }
    }

    /// <summary>Forgets a cluster whose data are deleted, and begins anew.</summary>
    public void BeginAnew(PostgresClusterResource cluster, CancellationToken stopping)
    {
        _folders[cluster.Name].Memory.Forget(cluster.Name);
        states.Forget(cluster.Name);
        Run(cluster, stopping);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // At the first sign of the end, before anything is stopped: what is being stopped must not be started again.
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, lifetime.ApplicationStopping);
        var clusters = model.Resources.OfType<PostgresClusterResource>().Where(cluster => cluster.IsSupervised).ToList();
        try
        {
            await _created.Task.WaitAsync(end.Token);
            foreach (var cluster in clusters)
            {
                Run(cluster, end.Token);
            }

            await Task.WhenAll(_folders.Values.Select(folder => new SupervisorRequests(folder.Requests).ServeAsync(_supervisors, DrillAsync, end.Token)).Append(Task.Delay(Timeout.Infinite, end.Token)));
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            await Task.WhenAll(_runs.Values.Select(run => run.Run));
        }
    }

    public override void Dispose()
    {
        foreach (var folder in _folders.Values.Where(folder => folder.IsTransient))
        {
            folder.Delete();
        }

        base.Dispose();
    }

    private void Run(PostgresClusterResource cluster, CancellationToken stopping)
    {
        var end = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        _runs[cluster.Name] = (end, Task.Run(() => RunAsync(cluster, end.Token), CancellationToken.None));
    }

    private async Task RunAsync(PostgresClusterResource cluster, CancellationToken cancellationToken)
    {
        var logger = loggers.GetLogger(cluster);
        try
        {
            await SuperviseAsync(cluster, logger, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            logger.LogInformation("Supervision ends; the servers go on.");
        }
        catch (Exception exception) when (exception is DistributedApplicationException or IOException or InvalidDataException)
        {
            states.Change(cluster.Name, new(0, false, exception.Message, IsOver: true));
            logger.LogError("{Reason}", exception.Message);
        }
        finally
        {
            _supervisors.TryRemove(cluster.Name, out _);
        }
    }

    private async Task SuperviseAsync(PostgresClusterResource cluster, ILogger logger, CancellationToken cancellationToken)
    {
        var folder = _folders[cluster.Name];
        var passwords = await cluster.Secrets.GetPasswordsAsync(cancellationToken);
        foreach (var instance in cluster.Instances)
        {
            folder.WritePasswords(instance, passwords);
        }

        var containers = new ContainerCluster(cluster, folder, services);
        if (await KnownData.RecallAsync(cluster, folder, services.GetRequiredService<ContainerEngine>(), cancellationToken))
        {
            containers.LetMake(1);
        }

        var addresses = await AddressesAsync(cluster, cancellationToken);
        var declaration = cluster.EffectiveDeclaration();
        var supervised = new SupervisedCluster(
            new(cluster.Name, [.. cluster.Instances.Select(instance => instance.ToInstance())]),
            passwords,
            new FailoverRules { Quorum = declaration.EffectiveSynchronous.Count, UnresponsiveAfter = TimeSpan.FromSeconds(declaration.UnresponsiveAfter) })
        {
            AddressOf = instance => addresses[instance.Ordinal],
            PeerAddressOf = instance => new(instance.Name, PostgresInstanceResource.TargetPort),
            PasswordAdvice = PasswordDrift.Advice(cluster),
        };
        await using var supervisor = new ClusterSupervisor(supervised, containers, folder.Memory, happened => Tell(cluster, containers, logger, happened));
        _supervisors[cluster.Name] = supervisor;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var watch = StandingWatch.RunAsync(cluster, addresses, passwords.Monitor, services.GetRequiredService<ResourceNotificationService>(), end.Token);
        try
        {
            await supervisor.RunAsync(cancellationToken);
        }
        finally
        {
            await end.CancelAsync();
            await watch.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    internal static async Task<SortedDictionary<int, DnsEndPoint>> AddressesAsync(PostgresClusterResource cluster, CancellationToken cancellationToken)
    {
        var addresses = new SortedDictionary<int, DnsEndPoint>();
        foreach (var instance in cluster.Instances)
        {
            var host = (await instance.Host.GetValueAsync(cancellationToken))!;
            addresses[instance.Ordinal] = new(host, int.Parse((await instance.Port.GetValueAsync(cancellationToken))!, CultureInfo.InvariantCulture));
        }

        return addresses;
    }

    private async Task<SupervisorReply> DrillAsync(SupervisorRequest request, CancellationToken cancellationToken)
    {
        try
        {
            var cluster = model.Resources.OfType<PostgresClusterResource>().Single(cluster => cluster.Name == request.Cluster);
            var drill = request.Drill!;
            return new(true, "") { Report = await ContainerDrills.RunAsync(cluster, request.Target, drill.Fault, drill.Options, services, cancellationToken) };
        }
        catch (DrillException exception)
        {
            return new(false, exception.Message);
        }
    }

    private void Tell(PostgresClusterResource cluster, ContainerCluster containers, ILogger logger, SupervisorEvent happened)
    {
        var level = happened.Kind is "problem" or "failed" or "lost" ? LogLevel.Warning : LogLevel.Information;
        logger.Log(level, "{Name}: {Kind} in {Milliseconds:0} ms: {Message}", happened.Instance ?? happened.Cluster, happened.Kind, happened.Duration.TotalMilliseconds, happened.Message);
        _folders[cluster.Name].Events.Append(happened);
        if (Of(cluster) is { } supervisor)
        {
            if (happened.Kind == "promote")
            {
                containers.HasPrimary(supervisor.Memory.Primary);
            }

            states.Change(cluster.Name, new(supervisor.Memory.Primary, happened.Kind == "whole" || states.Of(cluster.Name).WasWhole, supervisor.Problem?.Message));
        }
    }
}

/// <summary>Lets the supervisors begin, once an app host.</summary>
internal static class SupervisionEvents
{
    public static void SuperviseOnce(this IDistributedApplicationBuilder builder)
    {
        if (builder.Services.All(service => service.ServiceType != typeof(Marker)))
        {
            builder.Services.AddSingleton<Marker>();
            builder.Eventing.Subscribe<AfterResourcesCreatedEvent>((@event, _) =>
            {
                @event.Services.GetRequiredService<ClusterSupervision>().Begin();
                return Task.CompletedTask;
            });
        }
    }

    private sealed class Marker;
}
