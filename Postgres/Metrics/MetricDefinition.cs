namespace PgAspire.Postgres.Metrics;

/// <summary>What a metric's values do over time.</summary>
public enum MetricKind
{
    /// <summary>A value of the moment that cannot be added up.</summary>
    Gauge,

    /// <summary>A value of the moment that can.</summary>
    UpDownCounter,

    /// <summary>Only grows, until the server's statistics are reset.</summary>
    Counter,
}

/// <summary>One metric, after the OpenTelemetry Collector's <c>postgresqlreceiver</c> where it has it. docs/metrics.md lists them all.</summary>
/// <param name="Name">Its OpenTelemetry name.</param>
/// <param name="Kind">What its values do.</param>
/// <param name="Unit">Its unit, in UCUM.</param>
/// <param name="Description">What it says.</param>
public sealed record MetricDefinition(string Name, MetricKind Kind, string Unit, string Description)
{
    /// <summary>A value that cannot be added up.</summary>
    public static MetricDefinition Gauge(string name, string unit, string description) => new(name, MetricKind.Gauge, unit, description);

    /// <summary>A value that can be added up.</summary>
    public static MetricDefinition UpDownCounter(string name, string unit, string description) => new(name, MetricKind.UpDownCounter, unit, description);

    /// <summary>A value that only grows.</summary>
    public static MetricDefinition Counter(string name, string unit, string description) => new(name, MetricKind.Counter, unit, description);

    /// <summary>A column of this metric whose rows all have these attributes.</summary>
    public MetricColumn With(params (string Name, string Value)[] attributes) => new(this, attributes);
}
