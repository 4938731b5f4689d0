using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;
using PgAspire.Hosting.Resources;
using PgAspire.Hosting.States;
using PgAspire.Postgres.Declaration;
using PgAspire.Postgres.Topology;

namespace Aspire.Hosting;

/// <summary>Adds a whole PostgreSQL topology to an app host.</summary>
public static class PostgresTopologyBuilderExtensions
{
    /// <summary>
    /// Adds the topology that <c>topology.json</c> declares, each field overridden by configuration section <c>Topology</c>
    /// (<c>Topology__Clusters=4</c> in the environment, <c>--Topology:Clusters=4</c> on the command line).
    /// </summary>
    /// <param name="builder">The app host.</param>
    /// <param name="name">Name of the resource that stands for the whole topology.</param>
    /// <param name="file">The declaration, relative to the app host's folder; by default the nearest in it or above it.</param>
    /// <returns>The topology; wait for it to wait for every cluster.</returns>
    /// <exception cref="DeclarationException">A field is wrong; all wrong ones are named.</exception>
    public static IResourceBuilder<PostgresTopologyResource> AddPostgresTopology(
        this IDistributedApplicationBuilder builder, [ResourceName] string name, string? file = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var path = file is null ? Find(builder.AppHostDirectory) : Path.GetFullPath(file, builder.AppHostDirectory);
        var configuration = new ConfigurationBuilder()
            .AddTopologyFile(path)
            .AddConfiguration(builder.Configuration)
            .Build();
        return builder.AddPostgresTopology(name, DeclarationReader.Read(configuration), Path.GetDirectoryName(path)!);
    }

    /// <summary>Adds a topology that is declared in code.</summary>
    /// <param name="builder">The app host.</param>
    /// <param name="name">Name of the resource that stands for the whole topology.</param>
    /// <param name="declaration">The declaration.</param>
    /// <param name="baseFolder">The folder that the init scripts' folder is relative to; by default the app host's.</param>
    /// <returns>The topology; wait for it to wait for every cluster.</returns>
    /// <exception cref="DeclarationException">The declaration breaks a rule.</exception>
    public static IResourceBuilder<PostgresTopologyResource> AddPostgresTopology(
        this IDistributedApplicationBuilder builder, [ResourceName] string name, TopologyDeclaration declaration, string? baseFolder = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(declaration);
        var topology = new PostgresTopologyResource(name, declaration, baseFolder ?? builder.AppHostDirectory);
        var resource = builder.AddResource(topology)
            .WithInitialState(GroupState.Initial("PostgresTopology"))
            .WithIconName("DatabaseStack")
            .ExcludeFromManifest()
            .WithHealthCheck(builder.Services.AddGroupHealthCheck(topology));
        foreach (var cluster in new TopologyPlan(declaration).Clusters)
        {
            builder.AddCluster(cluster.Name, declaration, topology.BaseFolder, topology).WithParentRelationship(resource);
        }

        return resource;
    }

    /// <summary>
    /// Gives a resource the connection string of every cluster, as the application's role: <c>ConnectionStrings__pg1</c> …
    /// <c>ConnectionStrings__pgN</c>.
    /// </summary>
    /// <param name="builder">The resource that uses the databases.</param>
    /// <param name="topology">The topology.</param>
    public static IResourceBuilder<T> WithReference<T>(this IResourceBuilder<T> builder, IResourceBuilder<PostgresTopologyResource> topology)
        where T : IResourceWithEnvironment
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(topology);
        foreach (var cluster in topology.Resource.Clusters)
        {
            builder.WithReference(builder.ApplicationBuilder.CreateResourceBuilder<IResourceWithConnectionString>(cluster));
        }

        return builder;
    }

    private static string Find(string folder)
    {
        for (var candidate = folder; candidate is not null; candidate = Path.GetDirectoryName(candidate))
        {
            var path = Path.Combine(candidate, DeclarationSources.FileName);
            if (File.Exists(path))
            {
                return path;
            }
        }

        return Path.Combine(folder, DeclarationSources.FileName);
    }
}
