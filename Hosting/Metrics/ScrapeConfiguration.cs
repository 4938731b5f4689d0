using System.Globalization;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using PgAspire.Hosting.Resources;
using PgAspire.Monitoring;

namespace PgAspire.Hosting.Metrics;

/// <summary>What the Prometheus of an app host scrapes.</summary>
internal static class ScrapeConfiguration
{
    /// <summary>Names every scraped endpoint in the environment, which is how Aspire learns what has to be reachable.</summary>
    public static void Reference(IEnumerable<IResource> resources, PrometheusResource prometheus, EnvironmentCallbackContext context)
    {
        foreach (var (name, metrics) in Scraped(resources))
        {
            context.EnvironmentVariables[$"SCRAPE_{name.ToUpperInvariant().Replace('-', '_')}"] = metrics.Endpoint;
        }

        if (prometheus.Annotations.OfType<AlertingAnnotation>().LastOrDefault()?.Alertmanager is { } alertmanager)
        {
            context.EnvironmentVariables["ALERTMANAGER"] = alertmanager.PrimaryEndpoint;
        }
    }

    /// <summary>Prometheus itself, and every resource with a metrics endpoint, as Prometheus reaches them.</summary>
    public static async Task<IReadOnlyList<ScrapeJob>> JobsAsync(
        IEnumerable<IResource> resources, PrometheusResource prometheus, EngineGateway gateway, CancellationToken cancellationToken)
    {
        var jobs = new List<ScrapeJob> { new(prometheus.Name, "localhost:9090") };
        foreach (var (name, metrics) in Scraped(resources))
        {
            jobs.Add(new(name, await TargetAsync(metrics.Endpoint, prometheus, gateway, cancellationToken), metrics.Path));
        }

        return jobs;
    }

    private static async Task<string> TargetAsync(
        EndpointReference endpoint, PrometheusResource prometheus, EngineGateway gateway, CancellationToken cancellationToken)
    {
        if (gateway.IsNeeded && !endpoint.Resource.IsContainer())
        {
            var port = await endpoint.Property(EndpointProperty.Port).GetValueAsync(cancellationToken);
            return await gateway.OpenAsync(int.Parse(port!, CultureInfo.InvariantCulture), cancellationToken);
        }

        return await HostAndPortAsync(endpoint, prometheus, cancellationToken);
    }

    /// <summary>Where an endpoint is for Prometheus.</summary>
    public static async Task<string> HostAndPortAsync(EndpointReference endpoint, PrometheusResource prometheus, CancellationToken cancellationToken) =>
        (await endpoint.Property(EndpointProperty.HostAndPort).GetValueAsync(new ValueProviderContext { Caller = prometheus }, cancellationToken))!;

    private static IEnumerable<(string Name, MetricsEndpoint Metrics)> Scraped(IEnumerable<IResource> resources) =>
        resources.SelectMany(resource => resource.Annotations.OfType<MetricsEndpoint>().Select(metrics => (resource.Name, metrics)));
}
