using PgAspire.Cli.Aspire;
using PgAspire.Cli.Embedded;
using PgAspire.Postgres.Supervision;

namespace PgAspire.Cli.Commands;

/// <summary>Finds who supervises a cluster, on either host.</summary>
internal static class SupervisorAccess
{
    private const string NoReplicas = "has no replicas: pgaspire up --instances 3 adds two.";

    /// <summary>Where a cluster's supervisor hears requests.</summary>
    /// <param name="folder">The state folder.</param>
    /// <param name="cluster">The cluster; there is such a one.</param>
    /// <param name="instances">Its instances.</param>
    /// <exception cref="CliException">It has no replicas, or nothing supervises it.</exception>
    public static SupervisorRequests Of(StateFolder folder, string cluster, IReadOnlyList<InstanceStatus> instances)
    {
        if (instances.Count < 2)
        {
            throw new CliException($"{cluster} {NoReplicas}", ExitCodes.WrongInput);
        }

        var state = new StateStore(folder).Read();
        if (state.Host == HostChoice.Aspire)
        {
            return state.AppHost?.IsAlive() == true && SupervisionFolder.RequestsOf(instances[0].DataDirectory) is var requests && Directory.Exists(requests)
                ? new(requests)
                : throw new CliException("The app host, which supervises the clusters, does not run: pgaspire up starts it.", ExitCodes.NotRunning);
        }

        return new SupervisorProcess(folder).IsRunning()
            ? new(folder.Failover)
            : throw new CliException("The supervisor does not run: pgaspire up starts it.", ExitCodes.NotRunning);
    }
}
