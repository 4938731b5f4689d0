using Aspire.Hosting.ApplicationModel;
using PgAspire.Hosting;
using PgAspire.Hosting.Metrics;
using PgAspire.Hosting.Resources;
using PgAspire.Monitoring;

namespace Aspire.Hosting;

/// <summary>Adds Alertmanager to an app host, and alert rules to its Prometheus.</summary>
public static class AlertmanagerBuilderExtensions
{
    private const int TargetPort = 9093;
    private const int Nobody = 65534;
    private const string ConfigurationFolder = "/etc/alertmanager";
    private const string SecretsFolder = $"{ConfigurationFolder}/secrets";

    /// <summary>
    /// Adds an Alertmanager. Configuration section <c>Alerts</c> says who is told (<c>docs/monitoring.md</c>); files with secrets are
    /// relative to the app host's folder.
    /// </summary>
    /// <param name="builder">The app host.</param>
    /// <param name="name">The resource's name.</param>
    /// <param name="port">Its host port; null for any free one.</param>
    /// <exception cref="PgAspire.Postgres.Declaration.DeclarationException">The section is wrong.</exception>
    public static IResourceBuilder<AlertmanagerResource> AddAlertmanager(
        this IDistributedApplicationBuilder builder, [ResourceName] string name, int? port = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var receivers = AlertReceivers.Read(builder.Configuration, builder.AppHostDirectory);
        return builder.AddResource(new AlertmanagerResource(name))
            .WithHttpEndpoint(port: port, targetPort: TargetPort, name: AlertmanagerResource.EndpointName)
            .WithImage(ContainerImages.Alertmanager, ContainerImages.AlertmanagerTag)
            .WithImageRegistry(ContainerImages.Registry)
            .WithIconName("AlertUrgent")
            .WithUrlForEndpoint(AlertmanagerResource.EndpointName, url => url.DisplayText = "Alerts")
            .WithHttpHealthCheck("/-/ready")
            .WithMetricsEndpoint(endpointName: AlertmanagerResource.EndpointName)
            .WithContainerFiles(ConfigurationFolder, [new ContainerFile
            {
                Name = "alertmanager.yml",
                Contents = new AlertmanagerConfiguration(receivers).Write(path => $"{SecretsFolder}/{Path.GetFileName(path)}"),
            }])
            .WithContainerFiles(SecretsFolder, async (_, cancellationToken) =>
            {
                var files = new List<ContainerFileSystemItem>();
                foreach (var path in receivers.SecretFiles)
                {
                    files.Add(new ContainerFile { Name = Path.GetFileName(path), Contents = await File.ReadAllTextAsync(path, cancellationToken), Mode = UnixFileMode.UserRead });
                }

                return files;
            }, defaultOwner: Nobody, defaultGroup: Nobody);
    }

    /// <summary>Gives a Prometheus the alert rules of <c>monitoring/prometheus/rules</c>.</summary>
    /// <param name="builder">The Prometheus.</param>
    /// <param name="alertmanager">Who is told of what they find; null where the alerts are only on Prometheus' own page.</param>
    public static IResourceBuilder<PrometheusResource> WithRules(
        this IResourceBuilder<PrometheusResource> builder, IResourceBuilder<AlertmanagerResource>? alertmanager = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.WithAnnotation(new AlertingAnnotation(alertmanager?.Resource), ResourceAnnotationMutationBehavior.Replace);
    }
}
