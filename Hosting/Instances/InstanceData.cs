using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using PgAspire.Hosting.Resources;
using PgAspire.Hosting.Supervision;
using PgAspire.Postgres.Roles;

namespace PgAspire.Hosting.Instances;

/// <summary>Mends or deletes what an instance has stored.</summary>
internal static class InstanceData
{
    private const string ContainerIdProperty = "container.id";

    /// <summary>The name of an instance's container, or null where it has none.</summary>
    public static string? ContainerOf(PostgresInstanceResource instance, IServiceProvider services) =>
        services.GetRequiredService<ResourceNotificationService>().TryGetCurrentState(instance.Name, out var current) ? ContainerOf(current) : null;

    /// <summary>The name of the container that an event tells of; Aspire gives it the resource's full name.</summary>
    public static string? ContainerOf(ResourceEvent current) =>
        current.Snapshot.Properties.Any(property => property is { Name: ContainerIdProperty, Value: string { Length: > 0 } })
            ? current.ResourceId
            : null;

    /// <summary>Gives the roles of a running cluster the declared passwords, as the server's own user over its socket.</summary>
    /// <exception cref="DistributedApplicationException">The primary does not run, or psql failed.</exception>
    public static async Task RepairRolesAsync(PostgresClusterResource cluster, IServiceProvider services, CancellationToken cancellationToken)
    {
        var primary = cluster.Instances[Math.Max(1, services.GetRequiredService<SupervisionStates>().Of(cluster.Name).Primary) - 1];
        var container = ContainerOf(primary, services)
            ?? throw new DistributedApplicationException($"{primary.Name} has to run for that.");
        var verifiers = await InstanceEnvironment.VerifiersAsync(cluster, cancellationToken);
        await services.GetRequiredService<ContainerEngine>().RunAsync(
            RepairStatements.For(verifiers, cluster.Declaration.Database),
            ["exec", "-i", "-u", "postgres", container, "psql", "-qX", "-v", "ON_ERROR_STOP=1", "-U", RoleNames.Superuser, "-d", "postgres"],
            cancellationToken);
    }

    /// <summary>Deletes all data of an instance that does not run.</summary>
    public static async Task DeleteAsync(PostgresInstanceResource instance, IServiceProvider services, CancellationToken cancellationToken)
    {
        var data = InstanceContainer.DataOf(instance);
        instance.TryGetContainerImageName(out var image);
        await services.GetRequiredService<ContainerEngine>().RunAsync(
            null,
            ["run", "--rm", "--network", "none", "-v", $"{data.Source}:/data", "--entrypoint", "find", image!, "/data", "-mindepth", "1", "-delete"],
            cancellationToken);
    }
}
