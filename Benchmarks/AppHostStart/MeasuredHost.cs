using PgAspire.Postgres.Declaration;

namespace PgAspire.Benchmarks.AppHostStart;

/// <summary>An app host that says when all its databases are healthy, and ends.</summary>
internal static class MeasuredHost
{
    public const string Ready = "benchmark: ready";
    public const string Stock = "stock";
    public const string PgAspire = "pgaspire";

    public static async Task RunAsync(string kind, int count)
    {
        var builder = DistributedApplication.CreateBuilder(new DistributedApplicationOptions { DisableDashboard = true });
        var awaited = kind == Stock ? AddStock(builder, count) : [builder.AddPostgresTopology("postgres", new TopologyDeclaration { Clusters = count, InitScripts = "" }).Resource];
        await using var application = builder.Build();
        await application.StartAsync();
        await Task.WhenAll(awaited.Select(resource => application.ResourceNotifications.WaitForResourceHealthyAsync(resource.Name)));
        Console.WriteLine(Ready);
        await application.StopAsync();
    }

    private static List<IResource> AddStock(IDistributedApplicationBuilder builder, int count) =>
    [
        .. Enumerable.Range(1, count).Select(number => builder.AddPostgres($"pg{number}")
            .WithImageTag("18.6")
            .WithDataVolume($"{builder.Configuration["PgAspire:Scope"]}-{number}")
            .AddDatabase($"app{number}")
            .Resource),
    ];
}
