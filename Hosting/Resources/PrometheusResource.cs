using Aspire.Hosting.ApplicationModel;

namespace PgAspire.Hosting.Resources;

/// <summary>A Prometheus server that scrapes everything in the app host with a metrics endpoint.</summary>
/// <param name="name">The resource's name.</param>
public sealed class PrometheusResource(string name) : ContainerResource(name)
{
    internal const string EndpointName = "http";

    /// <summary>Where its page is.</summary>
    public EndpointReference PrimaryEndpoint => new(this, EndpointName);
}
