using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using PgAspire.Hosting.Resources;
using PgAspire.Postgres.Supervision;

namespace PgAspire.Hosting.Supervision;

/// <summary>What can be done from the dashboard with a cluster that a supervisor looks after.</summary>
internal static class SupervisedChanges
{
    /// <summary>Makes the replica with the most WAL the primary.</summary>
    public static Task<ExecuteCommandResult> SwitchoverAsync(PostgresClusterResource cluster, ExecuteCommandContext context) =>
        ChangePrimaryAsync(cluster, target: null, acceptLoss: false, context);

    /// <summary>Makes an instance the primary whatever it lacks: for a person who has read what the problem says.</summary>
    public static Task<ExecuteCommandResult> PromoteAsync(PostgresInstanceResource instance, ExecuteCommandContext context) =>
        ChangePrimaryAsync(instance.Cluster, instance.Ordinal, acceptLoss: true, context);

    /// <summary>Restarts one instance after the other, the primary last, after another one has taken over: the cluster takes writes all the time.</summary>
    public static async Task<ExecuteCommandResult> RestartAsync(PostgresClusterResource cluster, ExecuteCommandContext context)
    {
        if (SupervisorOf(cluster, context) is not { } supervisor)
        {
            return Unsupervised(cluster);
        }

        var commands = context.Services.GetRequiredService<ResourceCommandService>();
        var primary = supervisor.Memory.Primary;
        foreach (var instance in cluster.Instances.OrderBy(instance => instance.Ordinal == primary))
        {
            if (instance.Ordinal == supervisor.Memory.Primary && await supervisor.ChangePrimaryAsync(target: null, acceptLoss: false, context.CancellationToken) is { } refusal)
            {
                return CommandResults.Failure(refusal);
            }

            // A switchover has restarted the old primary already.
            if (instance.Ordinal != primary && await commands.ExecuteCommandAsync(instance, KnownResourceCommands.StopCommand, context.CancellationToken) is { Success: false } failed)
            {
                return failed;
            }

            await supervisor.WhenWholeAsync(context.CancellationToken);
        }

        return CommandResults.Success();
    }

    private static async Task<ExecuteCommandResult> ChangePrimaryAsync(PostgresClusterResource cluster, int? target, bool acceptLoss, ExecuteCommandContext context)
    {
        if (SupervisorOf(cluster, context) is not { } supervisor)
        {
            return Unsupervised(cluster);
        }

        var reply = await SupervisorRequests.ChangeAsync(supervisor, new(cluster.Name, target, acceptLoss), context.CancellationToken);
        return reply.IsDone ? CommandResults.Success($"{reply.Message}.") : CommandResults.Failure(reply.Message);
    }

    private static ExecuteCommandResult Unsupervised(PostgresClusterResource cluster) => CommandResults.Failure($"{cluster.Name} has no supervisor at the moment.");

    private static ClusterSupervisor? SupervisorOf(PostgresClusterResource cluster, ExecuteCommandContext context) =>
        context.Services.GetRequiredService<ClusterSupervision>().Of(cluster);
}
