using PgAspire.Postgres.Failover;
using PgAspire.Postgres.Roles;
using PgAspire.Postgres.Supervision;
using PgAspire.Postgres.Topology;

namespace PgAspire.Cli.Embedded;

/// <summary>Brings a cluster with replicas up: what it takes to be whole is its supervisor's business, here for as long as that takes.</summary>
internal sealed class ReplicatedCluster(
    StateFolder folder, PostgresInstallation postgres, EmbeddedController controller, UpRequest request, IProgressSink progress)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(30);
    private readonly FileMemoryStore _store = new(folder.Failover);

    /// <summary>Whether a cluster is one that a supervisor looks after.</summary>
    public bool Has(Cluster cluster) => cluster.Instances.Count > 1 || _store.Read(cluster.Name) is not null;

    /// <summary>The instance that is the primary: the one remembered, else the one whose data are a primary's, else the first.</summary>
    public Instance PrimaryOf(Cluster cluster) => cluster.Instances.FirstOrDefault(instance => instance.Ordinal == _store.Read(cluster.Name)?.Primary)
        ?? cluster.Instances.Where(instance => DataOf(instance) is { State: DataDirectoryState.Finished, IsReplica: false })
            .MaxBy(instance => DataOf(instance).Timeline)
        ?? cluster.Instances[0];

    /// <summary>Returns when the cluster is whole. Its primary has data.</summary>
    /// <exception cref="CliException">It needs a person: says what for.</exception>
    public async Task BringUpAsync(Cluster cluster, RolePasswords passwords, CancellationToken cancellationToken)
    {
        if (_store.Read(cluster.Name) is null)
        {
            _store.Write(cluster.Name, new() { Primary = PrimaryOf(cluster).Ordinal, Voters = [.. cluster.Instances.Select(instance => instance.Ordinal)] });
        }

        var embedded = new EmbeddedCluster(folder, postgres, controller, passwords, request.Declaration.Durability);
        foreach (var instance in cluster.Instances.Where(embedded.HasData))
        {
            embedded.WritePassword(instance);
        }

        await using var supervisor = new ClusterSupervisor(Supervised(cluster, passwords), embedded, _store, Tell);
        await WaitAsync(supervisor, cluster, cancellationToken);
        foreach (var instance in cluster.Instances)
        {
            progress.Report(instance.Name, "ready");
        }
    }

    /// <summary>Hands the primary's part to a declared instance where an instance that is no longer declared has it.</summary>
    /// <param name="cluster">The cluster with all instances that it had.</param>
    /// <param name="declared">How many it has from now on.</param>
    /// <exception cref="CliException">It cannot be done.</exception>
    public async Task ShrinkAsync(Cluster cluster, int declared, RolePasswords passwords, CancellationToken cancellationToken)
    {
        if (_store.Read(cluster.Name) is not { } memory || memory.Primary <= declared)
        {
            return;
        }

        progress.Notice($"{cluster.Name}: its primary {cluster.Name}-{memory.Primary} is no longer declared; {cluster.Name}-1 takes over first.");
        var embedded = new EmbeddedCluster(folder, postgres, controller, passwords, request.Declaration.Durability);
        await using var supervisor = new ClusterSupervisor(Supervised(cluster, passwords), embedded, _store, Tell);
        await WaitAsync(supervisor, cluster, cancellationToken);
        var refused = supervisor.ChangePrimaryAsync(1, acceptLoss: false, cancellationToken);
        await WaitAsync(supervisor, cluster, cancellationToken);
        if (await refused is { } reason)
        {
            throw new CliException($"{cluster.Name}: its primary {cluster.Name}-{supervisor.Memory.Primary} cannot be given up: {reason}.");
        }
    }

    /// <summary>A cluster under the rules that are declared.</summary>
    public static SupervisedCluster Supervised(Cluster cluster, RolePasswords passwords, int quorum, int unresponsiveAfter) => new(
        cluster, passwords, new FailoverRules { Quorum = Math.Min(quorum, cluster.Instances.Count - 1), UnresponsiveAfter = TimeSpan.FromSeconds(unresponsiveAfter) })
    {
        PasswordAdvice = "its passwords are others than in secrets.json: up --reset-passwords gives it new ones",
    };

    private SupervisedCluster Supervised(Cluster cluster, RolePasswords passwords) =>
        Supervised(cluster, passwords, request.Declaration.EffectiveSynchronous.Count, request.Declaration.UnresponsiveAfter);

    private static async Task WaitAsync(ClusterSupervisor supervisor, Cluster cluster, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            await supervisor.RunUntilWholeAsync(patience.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new CliException($"{cluster.Name} is not whole after {Patience.TotalMinutes:0} minutes: pgaspire status shows which instance is not, pgaspire logs what it says.");
        }

        if (supervisor.Problem is { } problem)
        {
            throw new CliException($"{cluster.Name}: {problem.Message}.");
        }
    }

    private void Tell(SupervisorEvent happened)
    {
        if (happened.Kind is "failed")
        {
            progress.Notice($"{happened.Instance}: {happened.Message}");
        }
        else if (happened.Instance is not null)
        {
            progress.Report(happened.Instance, happened.Message);
        }
    }

    private DataDirectory DataOf(Instance instance) => new(folder.Data(instance), folder);
}
