using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using PgAspire.Hosting;
using PgAspire.Hosting.Metrics;
using PgAspire.Hosting.Monitors;
using PgAspire.Hosting.Resources;
using PgAspire.Monitoring;

namespace Aspire.Hosting;

/// <summary>Adds Prometheus to an app host.</summary>
public static class PrometheusBuilderExtensions
{
    private const int TargetPort = 9090;
    private const string ConfigurationFolder = "/etc/prometheus";
    private const string RulesFolder = "rules";

    /// <summary>
    /// Adds a Prometheus server. It scrapes every resource that <see cref="WithMetricsEndpoint{T}"/> was called for, before
    /// or after.
    /// </summary>
    /// <param name="builder">The app host.</param>
    /// <param name="name">The resource's name.</param>
    /// <param name="port">Its host port; null for any free one.</param>
    public static IResourceBuilder<PrometheusResource> AddPrometheus(
        this IDistributedApplicationBuilder builder, [ResourceName] string name, int? port = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.TryAddSingleton<ContainerEngine>();
        builder.Services.TryAddSingleton<EngineGateway>();
        var prometheus = new PrometheusResource(name);
        return builder.AddResource(prometheus)
            .WithHttpEndpoint(port: port, targetPort: TargetPort, name: PrometheusResource.EndpointName)
            .WithImage(ContainerImages.Prometheus, ContainerImages.PrometheusTag)
            .WithImageRegistry(ContainerImages.Registry)
            .WithIconName("DataTrending")
            .WithUrlForEndpoint(PrometheusResource.EndpointName, url => url.DisplayText = "Prometheus")
            .WithUrlForEndpoint(PrometheusResource.EndpointName, endpoint => new() { Url = "/targets", DisplayText = "Targets" })
            .WithHttpHealthCheck("/-/ready")
            // What it scrapes is known when the resources are; naming their endpoints here also makes them reachable.
            .WithEnvironment(context => ScrapeConfiguration.Reference(builder.Resources, prometheus, context))
            .WithContainerFiles(ConfigurationFolder, async (context, cancellationToken) =>
            {
                var alerting = prometheus.Annotations.OfType<AlertingAnnotation>().LastOrDefault();
                var rules = alerting is null ? new Dictionary<string, string>() : MonitoringFiles.Rules();
                var configuration = new PrometheusConfiguration
                {
                    Jobs = await ScrapeConfiguration.JobsAsync(
                        builder.Resources, prometheus, context.Services.GetRequiredService<EngineGateway>(), cancellationToken),
                    Rules = alerting is null ? null : $"{RulesFolder}/*.yml",
                    Alertmanager = alerting?.Alertmanager is { } alertmanager
                        ? await ScrapeConfiguration.HostAndPortAsync(alertmanager.PrimaryEndpoint, prometheus, cancellationToken) : null,
                    RunbookBase = AlertReceivers.Read(builder.Configuration, builder.AppHostDirectory).RunbookBase
                        ?? await RunbookEndpoint.BaseAsync(builder.Resources, cancellationToken) ?? "",
                };
                return
                [
                    new ContainerFile { Name = "prometheus.yml", Contents = configuration.Write() },
                    new ContainerDirectory { Name = RulesFolder, Entries = rules.Select(file => new ContainerFile { Name = file.Key, Contents = file.Value }) },
                ];
            });
    }

    /// <summary>Says that a resource has metrics in Prometheus's format.</summary>
    /// <param name="builder">The resource.</param>
    /// <param name="path">Their path.</param>
    /// <param name="endpointName">Name of the endpoint that serves them.</param>
    public static IResourceBuilder<T> WithMetricsEndpoint<T>(this IResourceBuilder<T> builder, string path = "/metrics", string endpointName = "http")
        where T : IResourceWithEndpoints
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(path);
        return builder.WithAnnotation(new MetricsEndpoint(builder.GetEndpoint(endpointName), path));
    }
}
