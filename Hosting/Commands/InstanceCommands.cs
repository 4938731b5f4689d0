using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using PgAspire.Hosting.Instances;
using PgAspire.Hosting.Resources;
using PgAspire.Postgres.Roles;

namespace PgAspire.Hosting.Commands;

/// <summary>What can be done with an instance from the dashboard, beside Aspire's own start, stop and restart.</summary>
internal static class InstanceCommands
{
    public const string Psql = "pgaspire-psql";

    public static IResourceBuilder<PostgresInstanceResource> WithInstanceCommands(this IResourceBuilder<PostgresInstanceResource> builder)
    {
        var instance = builder.Resource;
        return builder.WithCommand(Psql, "psql", context => Task.FromResult(ShowPsqlLine(instance, context)), new()
        {
            Description = "Shows the command that opens psql in this instance, without a password.",
            IconName = "WindowConsole",
            IsHighlighted = true,
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
