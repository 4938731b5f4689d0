using System.Diagnostics.Metrics;
using System.Text.Json;
using PgAspire.Postgres.Drills;
using PgAspire.Postgres.Metrics;

namespace PgAspire.Monitor;

/// <summary>Offers the reports of drills, which whoever does them keeps in the folders of section <c>Drills</c>, to OpenTelemetry.</summary>
public sealed partial class DrillPublisher : IDisposable
{
    /// <summary>The section's name.</summary>
    public const string Section = "Drills";

    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);
    private readonly Lock _lock = new();
    private readonly IReadOnlyList<DrillRecords> _records;
    private readonly ILogger<DrillPublisher> _logger;
    private readonly TimeProvider _time;
    private readonly Meter _meter = new(MetricPublisher.MeterName);
    private IReadOnlyList<MetricSample> _samples = [];
    private long? _read;

    /// <summary>Makes the instruments.</summary>
    public DrillPublisher(IConfiguration configuration, ILogger<DrillPublisher> logger, TimeProvider time)
    {
        (_logger, _time) = (logger, time);
        _records = [.. configuration.GetSection(Section).GetChildren().Where(folder => !string.IsNullOrEmpty(folder.Value)).Select(folder => new DrillRecords(folder.Value!))];
        foreach (var (metric, _) in DrillMetrics.All)
        {
            _meter.CreateObservableGauge(metric.Name, () => Read().SelectMany(sample => sample.Of(metric.Name)), metric.Unit, metric.Description);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    /// <summary>One look at the files serves for all metrics of a scrape.</summary>
    private IReadOnlyList<MetricSample> Read()
    {
        lock (_lock)
        {
            if (_read is not { } read || _time.GetElapsedTime(read) > Fresh)
            {
                _read = _time.GetTimestamp();
                try
                {
                    _samples = [.. _records.SelectMany(records => records.Read()).Select(DrillMetrics.Of)];
                }
                catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException)
                {
                    _samples = [];
                    LogUnreadable(exception.Message);
                }
            }

            return _samples;
        }
    }

    [LoggerMessage(LogLevel.Warning, "The reports of drills cannot be read: {Reason}")]
    private partial void LogUnreadable(string reason);
}
