using System.Net;
using PgAspire.Cli.Commands;
using PgAspire.Postgres.Drills;
using PgAspire.Postgres.Roles;
using PgAspire.Postgres.Supervision;
using PgAspire.Postgres.Topology;

namespace PgAspire.Cli.Embedded;

/// <summary>Drills of clusters that are up on the embedded host. The caller holds the <see cref="OperationLock"/>.</summary>
internal sealed class EmbeddedDrills : IDrills
{
    private readonly StateFolder _folder;
    private readonly Drill _drill;

    private EmbeddedDrills(StateFolder folder, Cluster cluster, Drill drill) => (_folder, Cluster, _drill) = (folder, cluster, drill);

    /// <summary>The cluster.</summary>
    public Cluster Cluster { get; }

    /// <summary>The drills of one cluster.</summary>
    /// <exception cref="CliException">It has no replicas, or nothing supervises it.</exception>
    public static async Task<EmbeddedDrills> OfAsync(StateFolder folder, string name, CancellationToken cancellationToken)
    {
        var store = new StateStore(folder);
        var state = store.Read();
        if (state.Supervision is not { } supervision || state.InstancesPerCluster < 2)
        {
            throw new CliException($"{name} has no replicas, which is what a drill is about: pgaspire up --instances 3 adds two.", ExitCodes.WrongInput);
        }

        if (!new SupervisorProcess(folder).IsRunning())
        {
            throw new CliException("The supervisor does not run: pgaspire up starts it.", ExitCodes.NotRunning);
        }

        var postgres = await PostgresInstallation.ProbeAsync(state.Binaries, cancellationToken) ?? throw new CliException($"There is no PostgreSQL in {state.Binaries} any more.");
        var cluster = EmbeddedHost.WithPorts(name, state.InstancesPerCluster, state);
        var passwords = store.ReadSecrets()[name];
        var addresses = cluster.Instances.Select(instance => new DnsEndPoint("127.0.0.1", instance.Port!.Value)).ToList();
        var target = new DrillTarget(
            cluster,
            ConnectionStrings.For(addresses, state.Database, RoleNames.Application, passwords.Application),
            ConnectionStrings.For(addresses, "postgres", RoleNames.Monitor, passwords.Monitor),
            Math.Min(supervision.Quorum, cluster.Instances.Count - 1));
        var events = new SupervisorEventFile(folder.SupervisorEvents);
        var faults = new EmbeddedFaults(folder, new EmbeddedController(folder, postgres, supervision.Settings));
        return new(folder, cluster, new Drill(target, faults, since => events.Since(since, name)));
    }

    /// <inheritdoc/>
    public async Task<DrillReport> RunAsync(DrillFault fault, Instance? instance, DrillOptions options, CancellationToken cancellationToken)
    {
        try
        {
            var report = await _drill.RunAsync(fault, instance, options, cancellationToken);
            new DrillRecords(_folder.Failover).Keep(report);
            return report;
        }
        catch (Exception exception) when (exception is DrillException or TimeoutException)
        {
            throw new CliException(exception.Message, inner: exception);
        }
    }
}
