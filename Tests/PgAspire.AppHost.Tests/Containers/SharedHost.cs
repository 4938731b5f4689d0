namespace PgAspire.AppHost.Tests.Containers;

/// <summary>One running app host for the tests that only look, with a collector that its telemetry goes to.</summary>
public sealed class SharedHost : IAsyncLifetime
{
    internal RunningHost Host { get; private set; } = null!;

    internal TelemetryCollector Telemetry { get; } = new();

    public async ValueTask InitializeAsync() => Host = await RunningHost.StartAsync(builder =>
    {
        foreach (var project in builder.Resources.OfType<ProjectResource>().Where(project => project.Name is "api" or "monitor").ToList())
        {
            builder.CreateResourceBuilder(project)
                .WithEnvironment("OTEL_EXPORTER_OTLP_ENDPOINT", Telemetry.Url)
                .WithEnvironment("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf")
                .WithEnvironment("OTEL_BSP_SCHEDULE_DELAY", "200")
                .WithEnvironment("OTEL_METRIC_EXPORT_INTERVAL", "500");
        }
    });

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        Telemetry.Dispose();
    }
}
