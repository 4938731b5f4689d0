using Aspire.Hosting.ApplicationModel;
using PgAspire.Hosting.Resources;

namespace PgAspire.Hosting.Metrics;

/// <summary>A Prometheus has the alert rules.</summary>
/// <param name="Alertmanager">Who is told of what they find; null for nobody.</param>
internal sealed record AlertingAnnotation(AlertmanagerResource? Alertmanager) : IResourceAnnotation;
