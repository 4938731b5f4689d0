using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using PgAspire.Hosting.Instances;
using PgAspire.Hosting.Resources;
using PgAspire.Hosting.Supervision;
using PgAspire.Postgres.Drills;
using PgAspire.Postgres.Roles;

namespace PgAspire.Hosting.Commands;

/// <summary>What can be done with an instance from the dashboard, beside Aspire's own start, stop and restart.</summary>
internal static class InstanceCommands
{
    public const string Psql = "pgaspire-psql";
    public const string Promote = "pgaspire-promote";

    /// <summary>Before the name of the fault.</summary>
    public const string Drill = "pgaspire-drill-";

    public static IResourceBuilder<PostgresInstanceResource> WithInstanceCommands(this IResourceBuilder<PostgresInstanceResource> builder)
    {
        var instance = builder.Resource;
        if (instance.Cluster.Declaration.Instances > 1)
        {
            builder
                .WithCommand(Promote, "Promote, accept loss", context => SupervisedChanges.PromoteAsync(instance, context), new()
                {
                    Description = "Makes it the primary by force, where the supervisor says that it cannot choose one. Acknowledged writes that it lacks are lost.",
                    IconName = "ArrowUp",
                    ConfirmationMessage =
                        $"Make {instance.Name} the primary of {instance.Cluster.Name} by force? Acknowledged writes that it lacks are lost. Switchover on {instance.Cluster.Name} loses none, where the primary is well.",
                })
                .WithDrill(DrillFault.Kill, "Plug", "Kills its container")
                .WithDrill(DrillFault.Pause, "Pause", "Freezes its container for up to 30 s")
                .WithDrill(DrillFault.Restart, "ArrowClockwise", "Restarts its container behind the supervisor's back")
                .WithDrill(DrillFault.Partition, "CloudOff", "Takes its container off its networks for 30 s");
        }

        return builder.WithCommand(Psql, "psql", context => Task.FromResult(ShowPsqlLine(instance, context)), new()
        {
            Description = "Shows the command that opens psql in this instance, without a password.",
            IconName = "WindowConsole",
            IsHighlighted = true,
        });
    }

    private static IResourceBuilder<PostgresInstanceResource> WithDrill(this IResourceBuilder<PostgresInstanceResource> builder, DrillFault fault, string icon, string what)
    {
        var (instance, name) = (builder.Resource, fault.ToString().ToLowerInvariant());
        return builder.WithCommand(Drill + name, $"Drill: {name}", context => ContainerDrills.RunAsync(instance, fault, context), new()
        {
            Description = $"{what} while a test client writes, and shows what that cost: outages, and acknowledged writes that were lost.",
            IconName = icon,
            ConfirmationMessage = $"{what}: {instance.Name}. The application feels it. Go on?",
        });
    }

    private static ExecuteCommandResult ShowPsqlLine(PostgresInstanceResource instance, ExecuteCommandContext context)
    {
        if (InstanceData.ContainerOf(instance, context.Services) is not { } container)
        {
            return CommandResults.Failure($"{instance.Name} has no container.");
        }

        var line = context.Services.GetRequiredService<ContainerEngine>().PsqlLine(container, RoleNames.Application, instance.Cluster.Declaration.Database);
        return CommandResults.Success("Run this in a terminal", line, CommandResultFormat.Text, displayImmediately: true);
    }
}
