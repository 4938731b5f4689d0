using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;
using PgAspire.Hosting;
using PgAspire.Hosting.Resources;
using PgAspire.Monitoring;

namespace Aspire.Hosting;

/// <summary>Adds Grafana with the project's dashboards to an app host.</summary>
public static class GrafanaBuilderExtensions
{
    /// <summary>Configuration key that asks for Grafana: <c>true</c> or <c>false</c>, the default.</summary>
    public const string Key = "PgAspire:Grafana";

    private const int TargetPort = 3000;
    private const string ConfigurationFolder = "/etc/grafana";

    /// <summary>
    /// Adds a Grafana with the dashboards of <c>monitoring/grafana</c>, which everybody on this machine may look at and nobody can change.
    /// </summary>
    /// <param name="builder">The app host.</param>
    /// <param name="name">The resource's name.</param>
    /// <param name="prometheus">Where its data come from.</param>
    /// <param name="port">Its host port; null for any free one.</param>
    public static IResourceBuilder<GrafanaResource> AddGrafana(
        this IDistributedApplicationBuilder builder, [ResourceName] string name, IResourceBuilder<PrometheusResource> prometheus, int? port = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(prometheus);
        return builder.AddResource(new GrafanaResource(name))
            .WithHttpEndpoint(port: port, targetPort: TargetPort, name: GrafanaResource.EndpointName)
            .WithImage(ContainerImages.Grafana, ContainerImages.GrafanaTag)
            .WithImageRegistry(ContainerImages.Registry)
            .WithIconName("ChartMultiple")
            .WithUrlForEndpoint(GrafanaResource.EndpointName, url => url.DisplayText = "Grafana")
            .WithHttpHealthCheck("/api/health")
            .WithMetricsEndpoint(endpointName: GrafanaResource.EndpointName)
            .WithEnvironment("PROMETHEUS_URL", prometheus.Resource.PrimaryEndpoint)
            .WithEnvironment("GF_AUTH_ANONYMOUS_ENABLED", "true")
            .WithEnvironment("GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION", "true")
            .WithEnvironment("GF_ANALYTICS_REPORTING_ENABLED", "false")
            .WithEnvironment("GF_ANALYTICS_CHECK_FOR_UPDATES", "false")
            .WithContainerFiles($"{ConfigurationFolder}/provisioning/datasources", Files(MonitoringFiles.DataSources()))
            .WithContainerFiles($"{ConfigurationFolder}/provisioning/dashboards", Files(MonitoringFiles.DashboardProviders()))
            .WithContainerFiles($"{ConfigurationFolder}/dashboards", Files(MonitoringFiles.Dashboards()))
            .WithReferenceRelationship(prometheus.Resource)
            .WaitFor(prometheus);
    }

    /// <summary>Adds Grafana where configuration asks for it: <c>--PgAspire:Grafana=true</c>, or <c>PgAspire__Grafana=true</c> in the environment.</summary>
    /// <param name="prometheus">Where its data come from.</param>
    /// <param name="name">The resource's name.</param>
    /// <exception cref="InvalidOperationException">The value is neither true nor false.</exception>
    public static IResourceBuilder<PrometheusResource> WithOptionalGrafana(this IResourceBuilder<PrometheusResource> prometheus, [ResourceName] string name = "grafana")
    {
        ArgumentNullException.ThrowIfNull(prometheus);
        if (prometheus.ApplicationBuilder.Configuration.GetValue(Key, false))
        {
            prometheus.ApplicationBuilder.AddGrafana(name, prometheus);
        }

        return prometheus;
    }

    private static IEnumerable<ContainerFileSystemItem> Files(IReadOnlyDictionary<string, string> files) =>
        files.Select(file => new ContainerFile { Name = file.Key, Contents = file.Value });
}
