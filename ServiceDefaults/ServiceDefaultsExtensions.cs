using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace PgAspire.ServiceDefaults;

/// <summary>What every service of a topology has in common: telemetry, health, service discovery, resilience.</summary>
public static class ServiceDefaultsExtensions
{
    /// <summary>
    /// Adds OpenTelemetry logs, traces and metrics, the liveness check, service discovery, and the standard
    /// resilience handler for every <see cref="HttpClient"/>.
    /// </summary>
    /// <typeparam name="TBuilder">The host's builder.</typeparam>
    /// <param name="builder">The builder to add to.</param>
    /// <returns><paramref name="builder"/>, for chaining.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> is null.</exception>
    public static TBuilder AddServiceDefaults<TBuilder>(this TBuilder builder) where TBuilder : IHostApplicationBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);

        builder.AddTelemetry();
        builder.AddLiveness();
        builder.Services.AddServiceDiscovery();
        builder.Services.ConfigureHttpClientDefaults(http =>
        {
            http.AddStandardResilienceHandler();
            http.AddServiceDiscovery();
        });
        return builder;
    }

    /// <summary>Maps <c>/health</c> (every check), <c>/alive</c> (checks tagged <c>live</c>) and <c>/metrics</c> (Prometheus).</summary>
    /// <param name="app">The application to map the endpoints on.</param>
    /// <returns><paramref name="app"/>, for chaining.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="app"/> is null.</exception>
    public static WebApplication MapDefaultEndpoints(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);

        app.MapHealth();
        app.MapPrometheusScrapingEndpoint(DefaultEndpoints.Metrics).DisableHttpMetrics();
        return app;
    }
}
