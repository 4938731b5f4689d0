using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using PgAspire.Hosting.Resources;
using PgAspire.Hosting.Supervision;
using PgAspire.Postgres.Drills;

namespace Aspire.Hosting;

/// <summary>Drills of a running app host, for its tests.</summary>
public static class PostgresDrillExtensions
{
    /// <summary>
    /// Injects a fault while a client of its own writes and reads, waits until the cluster is whole again, and tells what that cost: what
    /// the dashboard's commands and <c>./pgaspire drill</c> do. The application feels it.
    /// </summary>
    /// <param name="application">The app host, which runs; of Aspire.Hosting.Testing too.</param>
    /// <param name="name">A cluster, whose primary it befalls, or an instance.</param>
    /// <param name="fault">What happens.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="cancellationToken">Ends it early; what it did is taken back all the same.</param>
    /// <returns>What was measured; <see cref="DrillReport.IsPassed"/> says whether what is promised was kept.</returns>
    /// <exception cref="ArgumentException">No cluster or instance is called so.</exception>
    /// <exception cref="DrillException">The cluster has no replicas, is not whole to begin with, or is not usable afterwards.</exception>
    public static Task<DrillReport> DrillAsync(
        this DistributedApplication application, string name, DrillFault fault, DrillOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(application);
        ArgumentException.ThrowIfNullOrEmpty(name);
        var clusters = application.Services.GetRequiredService<DistributedApplicationModel>().Resources.OfType<PostgresClusterResource>().ToList();
        var instance = clusters.SelectMany(cluster => cluster.Instances).FirstOrDefault(instance => instance.Name == name);
        var found = instance?.Cluster ?? clusters.Find(cluster => cluster.Name == name)
            ?? throw new ArgumentException(
                $"No cluster or instance is called {name}: there are {string.Join(", ", clusters.SelectMany(cluster => cluster.Instances.Select(member => member.Name).Prepend(cluster.Name)))}.", nameof(name));
        return ContainerDrills.RunAsync(found, instance?.Ordinal, fault, options ?? new(), application.Services, cancellationToken);
    }
}
