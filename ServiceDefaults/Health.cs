using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace PgAspire.ServiceDefaults;

internal static class Health
{
    private const string LiveTag = "live";

    public static void AddLiveness(this IHostApplicationBuilder builder)
        => builder.Services.AddHealthChecks().AddCheck("self", () => HealthCheckResult.Healthy(), [LiveTag]);

    public static void MapHealth(this WebApplication app)
    {
        app.MapHealthChecks(DefaultEndpoints.Health, new HealthCheckOptions { ResponseWriter = WriteAsync }).DisableHttpMetrics();
        app.MapHealthChecks(DefaultEndpoints.Alive, new HealthCheckOptions
        {
            Predicate = check => check.Tags.Contains(LiveTag),
            ResponseWriter = WriteAsync,
        }).DisableHttpMetrics();
    }

    // Names and states only: a check's exception can hold a host or a user's name.
    private static Task WriteAsync(HttpContext context, HealthReport report)
        => context.Response.WriteAsJsonAsync(new
        {
            Status = report.Status.ToString(),
            Checks = report.Entries.ToDictionary(entry => entry.Key, entry => entry.Value.Status.ToString()),
        });
}
