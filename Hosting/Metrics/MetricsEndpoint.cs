using Aspire.Hosting.ApplicationModel;

namespace PgAspire.Hosting.Metrics;

/// <summary>Where a resource has metrics.</summary>
internal sealed record MetricsEndpoint(EndpointReference Endpoint, string Path) : IResourceAnnotation;
