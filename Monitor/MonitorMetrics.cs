using PgAspire.Monitor.Host;
using PgAspire.Postgres.Drills;
using PgAspire.Postgres.Metrics;

namespace PgAspire.Monitor;

/// <summary>Every metric of the monitor: what servers say, what their host sees, what drills found, and what the collection itself is like.</summary>
public static class MonitorMetrics
{
    internal static readonly MetricDefinition Up = MetricDefinition.Gauge("postgresql.up", "1", "1 where the instance answers");
    internal static readonly MetricDefinition Duration = MetricDefinition.Gauge("pgaspire.monitor.collection.duration", "s", "How long the last round took");
    internal static readonly MetricDefinition Age = MetricDefinition.Gauge("pgaspire.monitor.collection.age", "s", "Time since the last round that succeeded");
    internal static readonly MetricDefinition Failures = MetricDefinition.Counter("pgaspire.monitor.collection.failures", "{failure}", "Rounds that failed");

    /// <summary>Each metric, and how many series an instance is expected to have of it at most.</summary>
    public static IReadOnlyList<(MetricDefinition Metric, int Series)> OfInstances { get; } =
    [
        (Up, 1), (Duration, 1), (Age, 1), (Failures, 1), .. MetricCatalog.Metrics, .. HostMetrics.All,
    ];

    /// <summary>The same with those of drills, which are there where a drill was done.</summary>
    public static IReadOnlyList<(MetricDefinition Metric, int Series)> All { get; } = [.. OfInstances, .. DrillMetrics.All];
}
