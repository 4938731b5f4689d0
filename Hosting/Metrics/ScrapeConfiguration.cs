using System.Text;
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

    public static async Task<string> WriteAsync(IEnumerable<IResource> resources, PrometheusResource prometheus, CancellationToken cancellationToken)
    {
        var text = new StringBuilder("global:\n  scrape_interval: 5s\nscrape_configs:\n");
        Append(text, prometheus.Name, "/metrics", "localhost:9090");
        foreach (var (name, metrics) in Scraped(resources))
        {
            var context = new ValueProviderContext { Caller = prometheus };
            var target = await metrics.Endpoint.Property(EndpointProperty.HostAndPort).GetValueAsync(context, cancellationToken);
            Append(text, name, metrics.Path, target!);
        }

        return text.ToString();
    }

    private static IEnumerable<(string Name, MetricsEndpoint Metrics)> Scraped(IEnumerable<IResource> resources) =>
        resources.SelectMany(resource => resource.Annotations.OfType<MetricsEndpoint>().Select(metrics => (resource.Name, metrics)));

    private static void Append(StringBuilder text, string job, string path, string target) =>
        text.Append($"  - job_name: {job}\n    metrics_path: {path}\n    static_configs:\n      - targets: ['{target}']\n");
}
