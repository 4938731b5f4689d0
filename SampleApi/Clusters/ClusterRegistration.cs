using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;
using PgAspire.SampleApi.Replication;

namespace PgAspire.SampleApi.Clusters;

internal static class ClusterRegistration
{
    /// <summary>Registers every entry of <c>ConnectionStrings</c> as a cluster. None of them is contacted.</summary>
    public static void AddClusters(this IHostApplicationBuilder builder)
    {
        string[] names = [.. builder.Configuration.GetSection("ConnectionStrings").GetChildren()
            .Select(entry => entry.Key).Order(NaturalOrder.Instance)];
        if (names.Length == 0)
        {
            throw new InvalidOperationException("No cluster is configured: set ConnectionStrings:pg1 and so on.");
        }

        foreach (var name in names)
        {
            var given = new NpgsqlConnectionStringBuilder(ConnectionDefaults.Apply(name, builder.Configuration.GetConnectionString(name)));
            if (InstanceSources.ListsSeveral(given))
            {
                builder.AddReplicatedCluster(name, given);
            }
            else
            {
                builder.AddSingleCluster(name);
            }
        }

        builder.Services.AddSingleton(services => new ClusterSet([.. names.Select(services.GetRequiredKeyedService<Cluster>)]));
        builder.Services.AddSingleton<FailoverPatience>();
        builder.Services.AddOptions<FailoverOptions>().BindConfiguration(FailoverOptions.Section)
            .Validate(
                options => options.PatienceSeconds is >= 0 and <= FailoverOptions.LongestPatience,
                $"Failover:PatienceSeconds must be from 0 to {FailoverOptions.LongestPatience}.")
            .ValidateOnStart();
    }

    private static void AddSingleCluster(this IHostApplicationBuilder builder, string name)
    {
        builder.AddKeyedNpgsqlDataSource(name, settings =>
        {
            settings.ConnectionString = ConnectionDefaults.Apply(name, settings.ConnectionString);
            // The service defaults listen to Npgsql once, and to its traces only where someone collects them.
            settings.DisableTracing = true;
            settings.DisableMetrics = true;
        },
        source => source.Name = name); // What its metrics and spans call it, instead of the connection string.
        builder.Services.AddKeyedSingleton(
            name, (services, _) => new Cluster(name, services.GetRequiredKeyedService<NpgsqlDataSource>(name)));
    }

    private static void AddReplicatedCluster(this IHostApplicationBuilder builder, string name, NpgsqlConnectionStringBuilder connectionString)
    {
        builder.Services.AddKeyedSingleton(
            name,
            (services, _) => new ReplicatedCluster(name, InstanceSources.Create(name, connectionString, services.GetRequiredService<ILoggerFactory>())));
        builder.Services.AddKeyedSingleton(
            name, (services, _) => new Cluster(name, services.GetRequiredKeyedService<ReplicatedCluster>(name)));
        builder.Services.AddHealthChecks().Add(new HealthCheckRegistration(
            $"PostgreSql_{name}",
            services => new ReplicatedHealthCheck(services.GetRequiredKeyedService<ReplicatedCluster>(name)),
            failureStatus: null,
            tags: null));
    }
}
