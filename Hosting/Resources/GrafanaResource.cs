using Aspire.Hosting.ApplicationModel;

namespace PgAspire.Hosting.Resources;

/// <summary>A Grafana with the dashboards of <c>monitoring/grafana</c>.</summary>
/// <param name="name">The resource's name.</param>
public sealed class GrafanaResource(string name) : ContainerResource(name)
{
    internal const string EndpointName = "http";

    /// <summary>Where its page is.</summary>
    public EndpointReference PrimaryEndpoint => new(this, EndpointName);
}
