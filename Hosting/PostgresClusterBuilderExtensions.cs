using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using PgAspire.Hosting;
using PgAspire.Hosting.Commands;
using PgAspire.Hosting.Instances;
using PgAspire.Hosting.Resources;
using PgAspire.Hosting.States;
using PgAspire.Hosting.Supervision;
using PgAspire.Postgres.Declaration;
using PgAspire.Postgres.Topology;

namespace Aspire.Hosting;

/// <summary>Adds single PostgreSQL clusters to an app host.</summary>
public static class PostgresClusterBuilderExtensions
{
    /// <summary>Adds a cluster that is part of no topology.</summary>
    /// <param name="builder">The app host.</param>
    /// <param name="name">The cluster's name, also that of its connection string; its instance is <c>{name}-1</c>.</param>
    /// <param name="declaration">What is declared of it; its name and number of clusters say nothing here. By default all defaults.</param>
    /// <param name="baseFolder">The folder that the init scripts' folder is relative to; by default the app host's.</param>
    /// <exception cref="DeclarationException">The declaration breaks a rule.</exception>
    public static IResourceBuilder<PostgresClusterResource> AddPostgresCluster(
        this IDistributedApplicationBuilder builder, [ResourceName] string name, TopologyDeclaration? declaration = null, string? baseFolder = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var single = (declaration ?? new()) with { Clusters = 1 };
        return builder.AddCluster(name, new TopologyPlan(single).Declaration, baseFolder ?? builder.AppHostDirectory, topology: null);
    }

    internal static IResourceBuilder<PostgresClusterResource> AddCluster(
        this IDistributedApplicationBuilder builder, string name, TopologyDeclaration declaration, string baseFolder, PostgresTopologyResource? topology)
    {
        if (declaration.Instances > 1 && !builder.ExecutionContext.IsRunMode)
        {
            throw new DeclarationException([new(
                "instances", $"{declaration.Instances}", "1 where the topology is published: replicas need the supervisor, which runs in the app host")]);
        }

        builder.Services.AddPostgresGroups();
        builder.SuperviseOnce();
        var cluster = new PostgresClusterResource(name, declaration, baseFolder, SecretParameters.For(builder, name), topology);
        topology?.Add(cluster);
        var resource = builder.AddResource(cluster)
            .WithInitialState(GroupState.Initial("PostgresCluster"))
            .WithIconName("DatabaseMultiple")
            .WithHealthCheck(builder.Services.AddGroupHealthCheck(cluster))
            .WithClusterCommands();
        for (var ordinal = 1; ordinal <= declaration.Instances; ordinal++)
        {
            builder.AddInstance(cluster, ordinal).WithParentRelationship(resource);
        }

        return resource;
    }

    private static IResourceBuilder<PostgresInstanceResource> AddInstance(
        this IDistributedApplicationBuilder builder, PostgresClusterResource cluster, int ordinal)
    {
        var instance = new PostgresInstanceResource(cluster, ordinal);
        cluster.Add(instance);
        var healthCheck = $"{instance.Name}_check";
        builder.Services.AddHealthChecks().Add(new HealthCheckRegistration(
            healthCheck, _ => new InstanceHealthCheck(instance), HealthStatus.Unhealthy, tags: null));
        builder.Eventing.Subscribe<BeforeStartEvent>((@event, _) =>
        {
            InstanceContainer.Complete(instance, builder, @event.Services);
            return Task.CompletedTask;
        });
        builder.Eventing.Subscribe<ConnectionStringAvailableEvent>(instance, (@event, cancellationToken) =>
            ordinal == 1 ? builder.Eventing.PublishAsync(new ConnectionStringAvailableEvent(cluster, @event.Services), cancellationToken) : Task.CompletedTask);
        var resource = builder.AddResource(instance)
            // Clients reach the container without a proxy between: one hop less for every query.
            .WithEndpoint(targetPort: PostgresInstanceResource.TargetPort, name: instance.PrimaryEndpoint.EndpointName, isProxied: false)
            .WithImage(ContainerImages.Postgres, ContainerImages.PostgresTags[cluster.Declaration.Version])
            .WithImageRegistry(ContainerImages.Registry)
            .WithIconName("Database")
            .WithEnvironment(context => InstanceEnvironment.FillAsync(instance, context))
            .WithHealthCheck(healthCheck)
            .WithInstanceCommands();
        return cluster.Declaration.Instances > 1 ? resource.WithExplicitStart() : resource;
    }
}
