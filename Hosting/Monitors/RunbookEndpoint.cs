using Aspire.Hosting.ApplicationModel;

namespace PgAspire.Hosting.Monitors;

/// <summary>Where a monitor serves the runbook: alerts link there unless they are told of another place.</summary>
internal sealed record RunbookEndpoint(EndpointReference Endpoint) : IResourceAnnotation
{
    /// <summary>Its path for people.</summary>
    public const string Path = "/runbook";

    /// <summary>Where links to it begin, as a person at this machine opens them; null where no monitor is part of the app host.</summary>
    public static async Task<string?> BaseAsync(IEnumerable<IResource> resources, CancellationToken cancellationToken) =>
        resources.SelectMany(resource => resource.Annotations.OfType<RunbookEndpoint>()).FirstOrDefault() is { } runbook
            ? $"{await runbook.Endpoint.GetValueAsync(cancellationToken)}/"
            : null;
}
