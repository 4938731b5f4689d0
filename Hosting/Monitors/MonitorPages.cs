using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using PgAspire.Hosting.Resources;

namespace PgAspire.Hosting.Monitors;

/// <summary>The monitor's pages on the dashboard: of all beside the monitor, of each cluster and instance beside that.</summary>
internal static class MonitorPages
{
    private const string Findings = "Findings";
    private const string FindingsPath = "/diagnostics/all.html";

    public static IResourceBuilder<T> WithPagesOf<T>(this IResourceBuilder<T> monitor, IResourceBuilder<PostgresTopologyResource> topology, string endpointName)
        where T : IResourceWithEndpoints
    {
        // Each time another reference: one remembers that it had no address yet.
        IEnumerable<ResourceUrlAnnotation> Pages(string name) => Of(monitor.GetEndpoint(endpointName), name);
        foreach (var cluster in topology.Resource.Clusters)
        {
            foreach (var instance in cluster.Instances)
            {
                monitor.ApplicationBuilder.CreateResourceBuilder(instance).WithUrls(context => context.Urls.AddRange(Pages(instance.Name)));
            }

            // Aspire asks for the links of what it starts itself, and it starts no cluster.
            monitor.ApplicationBuilder.Eventing.Subscribe<ResourceEndpointsAllocatedEvent>(monitor.Resource, (@event, _) =>
                @event.Services.GetRequiredService<ResourceNotificationService>().PublishUpdateAsync(cluster, snapshot => snapshot with
                {
                    Urls = [.. Pages(cluster.Name).Select(url => new UrlSnapshot(null, url.Url, IsInternal: false) { DisplayProperties = new(url.DisplayText!) })],
                }));
        }

        return monitor
            .WithAnnotation(new RunbookEndpoint(monitor.GetEndpoint(endpointName)))
            .WithUrlForEndpoint(endpointName, url => url.DisplayText = "Diagnostics")
            .WithUrlForEndpoint(endpointName, _ => new() { Url = FindingsPath, DisplayText = Findings })
            .WithUrlForEndpoint(endpointName, _ => new() { Url = RunbookEndpoint.Path, DisplayText = "Runbook" });
    }

    // A whole address and no endpoint's: Aspire would show that of another resource only where it was there before this one.
    private static IEnumerable<ResourceUrlAnnotation> Of(EndpointReference pages, string name) => pages is { Exists: true, IsAllocated: true }
        ? [new() { Url = $"{pages.Url}{FindingsPath}?instance={name}", DisplayText = Findings }]
        : [];
}
