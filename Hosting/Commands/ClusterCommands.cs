using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using PgAspire.Hosting.Instances;
using PgAspire.Hosting.Resources;
using PgAspire.Hosting.Supervision;

namespace PgAspire.Hosting.Commands;

/// <summary>What can be done with a cluster from the dashboard.</summary>
internal static class ClusterCommands
{
    public const string RepairName = "Reset passwords";
    public const string Repair = "pgaspire-reset-passwords";
    public const string Reset = "pgaspire-reset-data";
    public const string Restart = "pgaspire-restart";
    public const string Switchover = "pgaspire-switchover";
    public const string ConnectionString = "pgaspire-connection-string";

    public static IResourceBuilder<PostgresClusterResource> WithClusterCommands(this IResourceBuilder<PostgresClusterResource> builder)
    {
        var cluster = builder.Resource;
        if (cluster.Declaration.Instances > 1)
        {
            builder.WithCommand(Switchover, "Switchover", context => SupervisedChanges.SwitchoverAsync(cluster, context), new()
            {
                Description = "Makes the replica with the most WAL the primary. Nothing is lost.",
                IconName = "ArrowSwap",
                ConfirmationMessage = $"Make another instance of {cluster.Name} its primary? Its sessions are ended.",
            });
        }

        return builder
            .WithCommand(ConnectionString, "Connection string", context => ShowConnectionStringAsync(cluster, context), new()
            {
                Description = "Shows how to connect as the application's role, password included.",
                IconName = "PlugConnected",
                IsHighlighted = true,
            })
            .WithCommand(Restart, "Restart", context => cluster.IsSupervised
                ? SupervisedChanges.RestartAsync(cluster, context)
                : ForEachAsync(cluster, context, KnownResourceCommands.RestartCommand), new()
            {
                Description = "Stops every instance cleanly and starts it again. Nothing is lost.",
                IconName = "ArrowCounterclockwise",
                ConfirmationMessage = $"Restart {cluster.Name}? Its sessions are ended.",
            })
            .WithCommand(Repair, RepairName, context => RepairAsync(cluster, context), new()
            {
                Description = "Gives the roles of old data the passwords that this app host has; makes roles and database where they are missing.",
                IconName = "KeyReset",
                ConfirmationMessage = $"Give the roles of {cluster.Name} this app host's passwords? Whoever uses the old ones is locked out.",
            })
            .WithCommand(Reset, "Reset data", context => ResetAsync(cluster, context), new()
            {
                Description = "Deletes all data, makes the cluster anew and runs the init scripts.",
                IconName = "DatabaseWarning",
                ConfirmationMessage = $"Delete all data of {cluster.Name}? They cannot be brought back.",
            });
    }

    private static async Task<ExecuteCommandResult> ShowConnectionStringAsync(PostgresClusterResource cluster, ExecuteCommandContext context) =>
        CommandResults.Success(
            $"ConnectionStrings:{cluster.Name}",
            (await cluster.ConnectionStringExpression.GetValueAsync(context.CancellationToken))!,
            CommandResultFormat.Text,
            displayImmediately: true);

    private static async Task<ExecuteCommandResult> ForEachAsync(PostgresClusterResource cluster, ExecuteCommandContext context, string command)
    {
        var commands = context.Services.GetRequiredService<ResourceCommandService>();
        foreach (var instance in cluster.Instances)
        {
            if (await commands.ExecuteCommandAsync(instance, command, context.CancellationToken) is { Success: false } failed)
            {
                return failed;
            }
        }

        return CommandResults.Success();
    }

    private static async Task<ExecuteCommandResult> RepairAsync(PostgresClusterResource cluster, ExecuteCommandContext context)
    {
        await InstanceData.RepairRolesAsync(cluster, context.Services, context.CancellationToken);
        return CommandResults.Success($"The roles of {cluster.Name} have the declared passwords.");
    }

    private static async Task<ExecuteCommandResult> ResetAsync(PostgresClusterResource cluster, ExecuteCommandContext context)
    {
        var supervision = context.Services.GetRequiredService<ClusterSupervision>();
        await supervision.PauseAsync(cluster);
        // One that does not run cannot be stopped, which is as well.
        await ForEachAsync(cluster, context, KnownResourceCommands.StopCommand);
        foreach (var instance in cluster.Instances)
        {
            await InstanceData.DeleteAsync(instance, context.Services, context.CancellationToken);
        }

        if (cluster.IsSupervised)
        {
            supervision.BeginAnew(cluster, context.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping);
            return CommandResults.Success();
        }

        return await ForEachAsync(cluster, context, KnownResourceCommands.StartCommand);
    }
}
