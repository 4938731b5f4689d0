using System.Globalization;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using PgAspire.Hosting.Instances;
using PgAspire.Hosting.Monitors;
using PgAspire.Hosting.Resources;
using PgAspire.Hosting.Supervision;
using PgAspire.Postgres.Roles;

namespace Aspire.Hosting;

/// <summary>Tells a monitor which instances there are.</summary>
public static class MonitorBuilderExtensions
{
    /// <summary>
    /// Has a monitor watch every instance of a topology, as the role <c>monitor</c>: <c>Instances__0__Cluster</c>,
    /// <c>Instances__0__Name</c>, <c>Instances__0__ConnectionString</c> and so on, and where reports of drills are kept: <c>Drills__0</c>.
    /// The dashboard links the monitor, every cluster and every instance to what the monitor has found of it.
    /// </summary>
    /// <param name="builder">The monitor.</param>
    /// <param name="topology">The topology.</param>
    /// <param name="endpointName">Name of the endpoint that serves the monitor's pages.</param>
    public static IResourceBuilder<T> WithInstancesOf<T>(
        this IResourceBuilder<T> builder, IResourceBuilder<PostgresTopologyResource> topology, string endpointName = "http")
        where T : IResourceWithEnvironment, IResourceWithEndpoints
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(topology);
        return builder.WithPagesOf(topology, endpointName).WithEnvironment(context =>
        {
            var processes = context.ExecutionContext.IsRunMode ? context.ExecutionContext.Services.GetRequiredService<ProcessFiles>() : null;
            foreach (var (index, instance) in topology.Resource.Clusters.SelectMany(cluster => cluster.Instances).Index())
            {
                var prefix = string.Create(CultureInfo.InvariantCulture, $"Instances__{index}__");
                context.EnvironmentVariables[$"{prefix}Cluster"] = instance.Cluster.Name;
                context.EnvironmentVariables[$"{prefix}Name"] = instance.Name;
                context.EnvironmentVariables[$"{prefix}ConnectionString"] = ReferenceExpression.Create(
                    $"Host={instance.Host};Port={instance.Port};Username={RoleNames.Monitor};Password={instance.Cluster.Secrets.Monitor};Database={instance.Cluster.Declaration.Database}");
                if (processes is not null)
                {
                    context.EnvironmentVariables[$"{prefix}ProcessFile"] = processes.Of(instance);
                    context.EnvironmentVariables[$"{prefix}LogCommandFile"] = processes.LogCommandOf(instance);
                    context.EnvironmentVariables[$"{prefix}DataMount"] = InstanceContainer.DataOf(instance).Target;
                }
            }

            if (context.ExecutionContext.IsRunMode)
            {
                var supervision = context.ExecutionContext.Services.GetRequiredService<ClusterSupervision>();
                foreach (var (index, folder) in topology.Resource.Clusters.Select(supervision.FolderOf).OfType<ControlFolder>().Index())
                {
                    context.EnvironmentVariables[string.Create(CultureInfo.InvariantCulture, $"Drills__{index}")] = folder.Reports;
                }
            }
        });
    }
}
