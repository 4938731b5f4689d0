using Aspire.Hosting.ApplicationModel;

namespace PgAspire.Hosting.Resources;

/// <summary>An Alertmanager, which tells people of the alerts of a Prometheus.</summary>
/// <param name="name">The resource's name.</param>
public sealed class AlertmanagerResource(string name) : ContainerResource(name)
{
    internal const string EndpointName = "http";

    /// <summary>Where its page is.</summary>
    public EndpointReference PrimaryEndpoint => new(this, EndpointName);
}
