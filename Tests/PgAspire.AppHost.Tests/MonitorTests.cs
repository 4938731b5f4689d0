using Aspire.Hosting.Eventing;
using Microsoft.Extensions.DependencyInjection;
using PgAspire.Hosting.Resources;
using PgAspire.Postgres.Declaration;

namespace PgAspire.AppHost.Tests;

public sealed class MonitorTests
{
    private const string Address = "http://localhost:5005";

    [Fact]
    public async Task TheMonitorHasItsPagesByName()
    {
        await using var model = await CompleteAsync();
        var monitor = model.Get<ContainerResource>("monitor");
        var endpoint = new EndpointReference(monitor, "http");

        var urls = await UrlsAsync(model, monitor, new ResourceUrlAnnotation { Url = Address, Endpoint = endpoint });

        Assert.Equal([("Diagnostics", Address), ("Findings", "/diagnostics/all.html"), ("Runbook", "/runbook")], urls);
    }

    [Fact]
    public async Task EveryInstanceAndEveryClusterIsLinkedToWhatWasFoundOfIt()
    {
        await using var model = await CompleteAsync();
        Assert.Empty(await UrlsAsync(model, model.Instance("pg2-1")));

        var monitor = Allocated(model);
        await model.Services.GetRequiredService<IDistributedApplicationEventing>()
            .PublishAsync(new ResourceEndpointsAllocatedEvent(monitor, model.Services), TestContext.Current.CancellationToken);

        foreach (var instance in new[] { "pg1-1", "pg1-2", "pg2-1", "pg2-2" })
        {
            Assert.Equal([("Findings", $"{Address}/diagnostics/all.html?instance={instance}")], await UrlsAsync(model, model.Instance(instance)));
        }

        foreach (var cluster in new[] { "pg1", "pg2" })
        {
            Assert.True(model.Services.GetRequiredService<ResourceNotificationService>().TryGetCurrentState(cluster, out var current));
            var url = Assert.Single(current.Snapshot.Urls);
            Assert.Equal(
                ("Findings", $"{Address}/diagnostics/all.html?instance={cluster}", false, false),
                (url.DisplayProperties.DisplayName, url.Url, url.IsInternal, url.IsInactive));
        }
    }

    [Fact]
    public async Task TheMonitorIsToldHowToReachEveryInstanceAndWhereItsContainerHasTheData()
    {
        await using var model = await CompleteAsync();

        var environment = await model.EnvironmentAsync("monitor");

        Assert.Equal(
            ["Cluster", "ConnectionString", "DataMount", "LogCommandFile", "Name", "ProcessFile"],
            environment.Keys.Where(key => key.StartsWith("Instances__3__", StringComparison.Ordinal)).Select(key => key["Instances__3__".Length..]).Order(StringComparer.Ordinal));
        Assert.Equal(("pg2", "pg2-2", "/var/lib/postgresql"), (environment["Instances__3__Cluster"], environment["Instances__3__Name"], environment["Instances__3__DataMount"]));
        Assert.Equal(
            "Host={pg2-2.bindings.tcp.host};Port={pg2-2.bindings.tcp.port};Username=monitor;Password={pg2-monitor-password.value};Database=app",
            environment["Instances__3__ConnectionString"]);
    }

    [Theory]
    [InlineData(null, $"{Address}/")]
    [InlineData("https://example.org/blob/main/", "https://example.org/blob/main/")]
    public async Task AlertsLinkToTheMonitorsRunbookUnlessAnotherPlaceIsSaid(string? said, string expected)
    {
        await using var model = await CompleteAsync(said is null ? [] : [$"--Alerts:RunbookBase={said}"]);
        Allocated(model);

        var files = await model.Get<PrometheusResource>("prometheus").ContainerFilesAsync(model.Services);

        Assert.Contains($"runbook_base: '{expected}'\n", files["/etc/prometheus/prometheus.yml"], StringComparison.Ordinal);
    }

    private static ContainerResource Allocated(Model model)
    {
        var monitor = model.Get<ContainerResource>("monitor");
        var endpoint = monitor.Annotations.OfType<EndpointAnnotation>().Single();
        endpoint.AllocatedEndpoint = new(endpoint, "localhost", 5005);
        return monitor;
    }

    private static Task<Model> CompleteAsync(params string[] args)
    {
        var builder = Model.Builder(args);
        var postgres = builder.AddPostgresTopology("postgres", new TopologyDeclaration { Clusters = 2, Instances = 2, InitScripts = "" });
        builder.AddContainer("monitor", "monitor").WithHttpEndpoint(targetPort: 80).WithInstancesOf(postgres);
        builder.AddPrometheus("prometheus").WithRules();
        return Model.CompleteAsync(builder);
    }

    /// <summary>The links of a resource as Aspire asks for them.</summary>
    private static async Task<IEnumerable<(string? Text, string Url)>> UrlsAsync(Model model, IResource resource, params ResourceUrlAnnotation[] urls)
    {
        var context = new ResourceUrlsCallbackContext(model.Services.GetRequiredService<DistributedApplicationExecutionContext>(), resource, [.. urls]);
        foreach (var annotation in resource.Annotations.OfType<ResourceUrlsCallbackAnnotation>())
        {
            await annotation.Callback(context);
        }

        return context.Urls.Select(url => (url.DisplayText, url.Url));
    }
}
