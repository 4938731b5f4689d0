using Microsoft.AspNetCore.Http;

namespace PgAspire.ServiceDefaults;

/// <summary>The paths that <see cref="ServiceDefaultsExtensions.MapDefaultEndpoints"/> maps.</summary>
public static class DefaultEndpoints
{
    /// <summary>Every health check: is the service able to do all of its work?</summary>
    public const string Health = "/health";

    /// <summary>The checks tagged <c>live</c>: does the process answer at all?</summary>
    public const string Alive = "/alive";

    /// <summary>The metrics in Prometheus' text format.</summary>
    public const string Metrics = "/metrics";

    internal static bool Contains(PathString path)
        => path.StartsWithSegments(Health, StringComparison.Ordinal)
            || path.StartsWithSegments(Alive, StringComparison.Ordinal)
            || path.StartsWithSegments(Metrics, StringComparison.Ordinal);
}
