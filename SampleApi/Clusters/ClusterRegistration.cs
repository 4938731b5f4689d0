using Npgsql;

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
            builder.AddKeyedNpgsqlDataSource(name, settings =>
            {
                settings.ConnectionString = ConnectionDefaults.Apply(name, settings.ConnectionString);
                // The service defaults listen to Npgsql once, and to its traces only where someone collects them.
                settings.DisableTracing = true;
                settings.DisableMetrics = true;
            },
            source => source.Name = name); // What its metrics and spans call it, instead of the connection string.
        }

        builder.Services.AddSingleton(services => new ClusterSet(
            [.. names.Select(name => new Cluster(name, services.GetRequiredKeyedService<NpgsqlDataSource>(name)))]));
    }
}
