using System.Diagnostics.Metrics;
using PgAspire.Postgres.Metrics;

namespace PgAspire.Monitor;

/// <summary>Offers what the watchers know to OpenTelemetry. Reading it asks no server.</summary>
public sealed class MetricPublisher : IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "PgAspire.Monitor";

    private readonly WatcherService _service;
    private readonly MonitorSettings _settings;
    private readonly TimeProvider _time;
    private readonly Meter _meter = new(MeterName);

    /// <summary>Makes the instruments.</summary>
    public MetricPublisher(WatcherService service, MonitorSettings settings, TimeProvider time)
    {
        (_service, _settings, _time) = (service, settings, time);
        foreach (var (metric, _) in MonitorMetrics.OfInstances)
        {
            Create(metric);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    private void Create(MetricDefinition metric)
    {
        IEnumerable<Measurement<double>> Observe() => _service.Watchers.SelectMany(watcher => Read(watcher, metric));
        _ = metric.Kind switch
        {
            MetricKind.Counter => _meter.CreateObservableCounter(metric.Name, Observe, metric.Unit, metric.Description),
            MetricKind.UpDownCounter => _meter.CreateObservableUpDownCounter(metric.Name, Observe, metric.Unit, metric.Description),
            _ => (Instrument)_meter.CreateObservableGauge(metric.Name, Observe, metric.Unit, metric.Description),
        };
    }

    private IEnumerable<Measurement<double>> Read(InstanceWatcher watcher, MetricDefinition metric)
    {
        var state = watcher.State;
        if (OwnValue(state, metric) is { } value)
        {
            return double.IsNaN(value) ? [] : [new(value, MetricSample.Identity(watcher.Instance.Cluster, watcher.Instance.Name, state.Role))];
        }

        return [.. Fresh(state.Server, _settings.Patience, metric), .. Fresh(state.Slow, _settings.Patience + _settings.SlowInterval, metric),
            .. Fresh(state.Host, _settings.Patience, metric)];
    }

    /// <summary>A value of the collection itself; null for another metric, no number for one that has no value yet.</summary>
    private double? OwnValue(InstanceState state, MetricDefinition metric)
    {
        var age = state.Server is { } server ? _time.GetElapsedTime(server.At) : (TimeSpan?)null;
        return metric.Name switch
        {
            _ when metric == MonitorMetrics.Up => state.Answers && age <= _settings.Patience ? 1 : 0,
            _ when metric == MonitorMetrics.Duration => state.Duration.TotalSeconds,
            _ when metric == MonitorMetrics.Age => age?.TotalSeconds ?? double.NaN,
            _ when metric == MonitorMetrics.Failures => state.Failures,
            _ => null,
        };
    }

    private IReadOnlyList<Measurement<double>> Fresh(InstanceState.Timed? values, TimeSpan patience, MetricDefinition metric) =>
        values is not null && _time.GetElapsedTime(values.At) <= patience ? values.Sample.Of(metric.Name) : [];
}
