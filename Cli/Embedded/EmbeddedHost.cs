using System.Collections.Concurrent;
using Npgsql;
using PgAspire.Postgres.Configuration;
using PgAspire.Postgres.Control;
using PgAspire.Postgres.Declaration;
using PgAspire.Postgres.Roles;
using PgAspire.Postgres.Topology;

namespace PgAspire.Cli.Embedded;

/// <summary>The topology as processes of an installed PostgreSQL. The caller holds the <see cref="OperationLock"/>.</summary>
internal sealed class EmbeddedHost(StateFolder folder, InstallationLocator locator, IProgressSink progress)
{
    private readonly StateStore _store = new(folder);
    private readonly ParallelOptions _parallel = new() { MaxDegreeOfParallelism = Math.Max(4, Environment.ProcessorCount * 2) };

    /// <summary>Makes what is missing, starts what is stopped, adopts what runs, and stops what is surplus.</summary>
    /// <exception cref="CliException">Something of it cannot be done.</exception>
    public async Task<EmbeddedTopology> UpAsync(UpRequest request, CancellationToken cancellationToken)
    {
        var (state, secrets) = (_store.Read(), _store.ReadSecrets());
        var survey = DataSurvey.Of(folder, request.Plan);
        var postgres = await locator.LocateAsync(request.Binaries, request.Declaration.Version, survey.Major, cancellationToken);
        survey.Check(postgres, secrets, request.ResetPasswords);
        var controller = new EmbeddedController(folder, postgres, await SettingsAsync(request, postgres, cancellationToken));
        var instances = AssignPorts(request.Plan, state, controller);
        var clusters = request.Plan.Clusters
            .Select(cluster => cluster with { Instances = [.. instances.Where(instance => instance.Cluster == cluster.Name)] }).ToList();

        foreach (var cluster in clusters.Where(cluster => request.ResetPasswords || !secrets.ContainsKey(cluster.Name)))
        {
            secrets[cluster.Name] = RolePasswords.Generate();
        }

        _store.WriteSecrets(secrets);
        var replicated = new ReplicatedCluster(folder, postgres, controller, request, progress);
        foreach (var cluster in clusters.Where(cluster => state.InstancesPerCluster > request.Declaration.Instances && state.Clusters.Contains(cluster.Name)))
        {
            var before = WithPorts(cluster.Name, state.InstancesPerCluster, state);
            await replicated.ShrinkAsync(before, request.Declaration.Instances, secrets[cluster.Name], cancellationToken);
        }

        await StopSurplusAsync(state, instances, controller, cancellationToken);
        _store.Write(state with
        {
            Instances = [.. Merge(state.Instances, instances)],
            Clusters = [.. clusters.Select(cluster => cluster.Name)],
            InstancesPerCluster = request.Declaration.Instances,
            Database = request.Declaration.Database,
            Binaries = postgres.Binaries,
            Host = Aspire.HostChoice.Embedded,
            Supervision = clusters.Any(replicated.Has)
                ? new(controller.Settings, request.Declaration.Durability == Durability.Fast, request.Declaration.EffectiveSynchronous.Count, request.Declaration.UnresponsiveAfter)
                : null,
        });

        var bringUp = new ClusterBringUp(folder, postgres, controller, request, replicated, progress);
        await bringUp.PrepareAsync(survey, cancellationToken);
        var failures = new ConcurrentQueue<CliException>();
        _parallel.CancellationToken = cancellationToken;
        await Parallel.ForEachAsync(clusters, _parallel, async (cluster, token) =>
        {
            try
            {
                await bringUp.RunAsync(cluster, secrets[cluster.Name], token);
            }
            catch (Exception exception) when (exception is CliException or NpgsqlException or IOException or UnauthorizedAccessException or TimeoutException)
            {
                progress.Report(cluster.Name, "failed");
                failures.Enqueue(exception as CliException ?? new($"{cluster.Name}: {exception.Message}", inner: exception));
            }
        });
        return failures.IsEmpty
            ? new(postgres, clusters, secrets)
            : throw new CliException(string.Join(Environment.NewLine, failures.Select(failure => failure.Message).Distinct()));
    }

    private async Task<IReadOnlyDictionary<string, string>> SettingsAsync(UpRequest request, PostgresInstallation postgres, CancellationToken cancellationToken)
    {
        var hasStatistics = await postgres.HasLibraryAsync(StatementStatistics.Library, cancellationToken);
        if (!hasStatistics && StatementStatistics.IsWanted(request.Declaration.Settings))
        {
            progress.Notice($"{postgres.Description} comes without {StatementStatistics.Library} (contrib): statements are not counted, and inspect slow-queries has nothing to show.");
        }

        return ServerSettings.For(request.Declaration, postgres.Major, hasStatistics);
    }

    /// <summary>Shuts every instance down, of surplus clusters too.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        var state = _store.Read();
        var running = Known(state).Where(instance => PostmasterFile.ReadOfRunning(folder.Data(instance)) is not null).ToList();
        if (running.Count == 0)
        {
            return;
        }

        var postgres = await PostgresInstallation.ProbeAsync(state.Binaries, cancellationToken)
            ?? await locator.LocateAsync(null, 0, DataSurvey.MajorOf(folder), cancellationToken);
        var controller = new EmbeddedController(folder, postgres, new Dictionary<string, string>());

        // A replica that outlives its primary only fills its log with complaints.
        foreach (var group in running.GroupBy(instance => new DataDirectory(folder.Data(instance), folder).IsReplica).OrderByDescending(group => group.Key))
        {
            await Parallel.ForEachAsync(group, new ParallelOptions { MaxDegreeOfParallelism = _parallel.MaxDegreeOfParallelism, CancellationToken = cancellationToken },
                (instance, token) => StopOneAsync(controller, instance, token));
        }
    }

    private async ValueTask StopOneAsync(EmbeddedController controller, Instance instance, CancellationToken cancellationToken)
    {
        progress.Report(instance.Name, "stopping");
        var unfinished = new DataDirectory(folder.Data(instance), folder).State == DataDirectoryState.Unfinished;
        await controller.StopAsync(instance, unfinished ? ShutdownMode.Immediate : ShutdownMode.Fast, cancellationToken);
        progress.Report(instance.Name, "stopped");
    }

    /// <summary>Every instance of which there are data, whether the state file knows of it or not.</summary>
    private IEnumerable<Instance> Known(KnownState state) =>
        DataSurvey.Instances(folder).Select(known => known with
        {
            Name = state.InstancesPerCluster == 1 && known.Ordinal == 1 ? known.Cluster : known.Id,
            Port = state.Instances.FirstOrDefault(instance => instance.Cluster == known.Cluster && instance.Ordinal == known.Ordinal)?.Port,
        });

    /// <summary>A cluster with the instances, names and ports that it had.</summary>
    public static Cluster WithPorts(string cluster, int instances, KnownState state) => new(
        cluster,
        [
            .. state.Instances.Where(known => known.Cluster == cluster && known.Ordinal <= instances).OrderBy(known => known.Ordinal)
                .Select(known => new Instance(cluster, known.Ordinal, instances == 1 ? cluster : $"{cluster}-{known.Ordinal}", known.Port)),
        ]);

    private IReadOnlyList<Instance> AssignPorts(TopologyPlan plan, KnownState state, EmbeddedController controller)
    {
        var known = state.Instances.ToDictionary(instance => $"{instance.Cluster}-{instance.Ordinal}", instance => instance.Port);
        foreach (var instance in plan.Instances)
        {
            if (controller.Running(instance) is { } running)
            {
                known[instance.Id] = running.Port;
            }
            else if (instance.Port is null && known.TryGetValue(instance.Id, out var port) && !Ports.IsFree(port))
            {
                known.Remove(instance.Id);
                progress.Notice($"{instance.Name}: its port {port} is taken now{PortOwner.Describe(port)}; it gets another one.");
            }
        }

        var instances = Ports.Assign(plan.Instances, known)
            .Select(instance => controller.Running(instance) is { } running && running.Port != instance.Port ? Move(instance, running) : instance).ToList();
        foreach (var instance in instances.Where(instance => !controller.IsRunning(instance) && !Ports.IsFree(instance.Port!.Value)))
        {
            throw StartFailure.PortTaken(instance, instance.Port!.Value);
        }

        return instances;
    }

    private Instance Move(Instance instance, PostmasterFile running)
    {
        progress.Notice($"{instance.Name} runs on port {running.Port}; it moves to {instance.Port} at its next start (down, then up).");
        return instance with { Port = running.Port };
    }

    private async Task StopSurplusAsync(KnownState state, IReadOnlyList<Instance> wanted, EmbeddedController controller, CancellationToken cancellationToken)
    {
        var surplus = Known(state).Where(known => wanted.All(instance => instance.Id != known.Id) && controller.IsRunning(known)).ToList();
        foreach (var instance in surplus)
        {
            await StopOneAsync(controller, instance, cancellationToken);
            progress.Notice($"{instance.Name} is no longer declared: stopped, its data are kept.");
        }
    }

    private static IEnumerable<KnownInstance> Merge(IEnumerable<KnownInstance> before, IReadOnlyList<Instance> now) =>
        now.Select(instance => new KnownInstance(instance.Cluster, instance.Ordinal, instance.Port!.Value))
            .Concat(before.Where(known => now.All(instance => instance.Cluster != known.Cluster || instance.Ordinal != known.Ordinal)));
}
