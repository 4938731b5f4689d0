using Microsoft.Extensions.Configuration;

namespace PgAspire.ServiceDefaults;

/// <summary>Which signals have an OTLP endpoint, by OpenTelemetry's own environment variables.</summary>
internal readonly record struct OtlpSignals(bool Logs, bool Traces, bool Metrics)
{
    public bool Any => Logs || Traces || Metrics;

    public static OtlpSignals From(IConfiguration configuration)
    {
        bool IsSet(string name) => !string.IsNullOrWhiteSpace(configuration[name]);

        var all = IsSet("OTEL_EXPORTER_OTLP_ENDPOINT");
        return new(
            all || IsSet("OTEL_EXPORTER_OTLP_LOGS_ENDPOINT"),
            all || IsSet("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"),
            all || IsSet("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT"));
    }
}
