using OpenTelemetry.Metrics;

namespace PgAspire.Monitor;

internal static class MonitorRegistration
{
    // Roles change, and tables, slots and replicas come and go: each is a series more, until the monitor is started again.
    private const int Headroom = 8;

    /// <summary>Registers a watcher for every entry of <c>Instances</c>, and their metrics.</summary>
    /// <exception cref="InvalidOperationException">The configuration is wrong.</exception>
    public static void AddInstanceMetrics(this WebApplicationBuilder builder)
    {
        var settings = MonitorSettings.Read(builder.Configuration);
        var instances = WatchedInstance.Read(builder.Configuration);
        builder.Services.AddSingleton(settings);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(services => new WatcherService(
            instances.Select(instance => ActivatorUtilities.CreateInstance<InstanceWatcher>(services, instance))));
        builder.Services.AddHostedService(services => services.GetRequiredService<WatcherService>());
        builder.Services.AddSingleton<MetricPublisher>();
        builder.Services.AddActivatedSingleton<MetricPublisher>();
        builder.Services.AddActivatedSingleton<DrillPublisher>();

        var limits = MonitorMetrics.All.ToDictionary(entry => entry.Metric.Name, entry => Math.Max(100, entry.Series * instances.Count * Headroom));
        builder.Services.ConfigureOpenTelemetryMeterProvider(metrics => metrics
            .AddMeter(MetricPublisher.MeterName)
            .AddView(instrument => limits.TryGetValue(instrument.Name, out var limit) && instrument.Meter.Name == MetricPublisher.MeterName
                ? new MetricStreamConfiguration { CardinalityLimit = limit }
                : null));
    }
}
