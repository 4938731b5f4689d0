using System.Globalization;
using System.Text;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using PgAspire.Hosting.Resources;

namespace PgAspire.Hosting.Metrics;

/// <summary>The prometheus.yml of an app host.</summary>
internal static class ScrapeConfiguration
{
    /// <summary>Names every scraped endpoint in the environment, which is how Aspire learns what has to be reachable.</summary>
    public static void Reference(IEnumerable<IResource> resources, EnvironmentCallbackContext context)
    {
        foreach (var (name, metrics) in Scraped(resources))
        {
            context.EnvironmentVariables[$"SCRAPE_{name.ToUpperInvariant().Replace('-', '_')}"] = metrics.Endpoint;
        }
    }

    public static async Task<string> WriteAsync(
        IEnumerable<IResource> resources, PrometheusResource prometheus, EngineGateway gateway, CancellationToken cancellationToken)
    {
        var text = new StringBuilder("global:\n  scrape_interval: 5s\nscrape_configs:\n");
        Append(text, prometheus.Name, "/metrics", "localhost:9090");
        foreach (var (name, metrics) in Scraped(resources))
        {
            Append(text, name, metrics.Path, await TargetAsync(metrics.Endpoint, prometheus, gateway, cancellationToken));
        }

        return text.ToString();
    }

    private static async Task<string> TargetAsync(
        EndpointReference endpoint, PrometheusResource prometheus, EngineGateway gateway, CancellationToken cancellationToken)
    {
        if (gateway.IsNeeded && !endpoint.Resource.IsContainer())
        {
            var port = await endpoint.Property(EndpointProperty.Port).GetValueAsync(cancellationToken);
            return await gateway.OpenAsync(int.Parse(port!, CultureInfo.InvariantCulture), cancellationToken);
        }

        var context = new ValueProviderContext { Caller = prometheus };
        return (await endpoint.Property(EndpointProperty.HostAndPort).GetValueAsync(context, cancellationToken))!;
    }

    private static IEnumerable<(string Name, MetricsEndpoint Metrics)> Scraped(IEnumerable<IResource> resources) =>
        resources.SelectMany(resource => resource.Annotations.OfType<MetricsEndpoint>().Select(metrics => (resource.Name, metrics)));

    private static void Append(StringBuilder text, string job, string path, string target) =>
        text.Append($"  - job_name: {job}\n    metrics_path: {path}\n    static_configs:\n      - targets: ['{target}']\n");
}
