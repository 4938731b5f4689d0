using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace PgAspire.ServiceDefaults;

internal static class Telemetry
{
    private const string NpgsqlMeter = "Npgsql";

    public static void AddTelemetry(this IHostApplicationBuilder builder)
    {
        var otlp = OtlpSignals.From(builder.Configuration);
        builder.AddLogging(otlp);

        var telemetry = builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(
                builder.Configuration["OTEL_SERVICE_NAME"] ?? builder.Environment.ApplicationName))
            .WithMetrics(metrics =>
            {
                metrics.AddAspNetCoreInstrumentation()
                    .AddHttpClientInstrumentation()
                    .AddRuntimeInstrumentation()
                    .AddMeter(NpgsqlMeter)
                    .AddPrometheusExporter();
                if (otlp.Metrics)
                {
                    metrics.AddOtlpExporter();
                }
            });

        // A tracer provider makes every request and every SQL statement pay for its spans, read or not.
        if (otlp.Traces)
        {
            telemetry.WithTracing(tracing => tracing
                .AddSource(builder.Environment.ApplicationName)
                .AddAspNetCoreInstrumentation(options =>
                    options.Filter = context => !DefaultEndpoints.Contains(context.Request.Path))
                .AddHttpClientInstrumentation()
                .AddNpgsql()
                .AddOtlpExporter());
        }
    }

    private static void AddLogging(this IHostApplicationBuilder builder, OtlpSignals otlp)
    {
        var levels = new Dictionary<string, string?>
        {
            ["Logging:LogLevel:Microsoft.AspNetCore"] = nameof(LogLevel.Warning),
            ["Logging:LogLevel:Npgsql"] = nameof(LogLevel.Warning),
            ["Logging:LogLevel:Polly"] = nameof(LogLevel.Warning),
        };
        if (!otlp.Any)
        {
            // While this category is on at any level, ASP.NET Core makes an Activity and a log scope for every request.
            levels["Logging:LogLevel:Microsoft.AspNetCore.Hosting.Diagnostics"] = nameof(LogLevel.None);
        }

        // First in the list, so that whatever the user configures wins.
        builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource { InitialData = levels });

        if (otlp.Logs)
        {
            builder.Logging.AddOpenTelemetry(logging =>
            {
                logging.IncludeFormattedMessage = true;
                logging.IncludeScopes = true;
                logging.AddOtlpExporter();
            });
        }
    }
}
