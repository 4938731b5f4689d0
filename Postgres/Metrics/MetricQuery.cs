namespace PgAspire.Postgres.Metrics;

/// <summary>A column of a query that holds a metric's values; a null is no value.</summary>
/// <param name="Metric">The metric.</param>
/// <param name="Attributes">Attributes that every value of the column has, beyond those of its row.</param>
public sealed record MetricColumn(MetricDefinition Metric, IReadOnlyList<(string Name, string Value)> Attributes)
{
    /// <summary>A column without attributes of its own.</summary>
    public static implicit operator MetricColumn(MetricDefinition metric) => FromMetricDefinition(metric);

    /// <summary>A column without attributes of its own.</summary>
    public static MetricColumn FromMetricDefinition(MetricDefinition metric) => new(metric, []);
}

/// <summary>A statement that reads metrics: first the columns that become attributes of a row's values, then the values.</summary>
/// <param name="Labels">The attributes, in the order of the first columns.</param>
/// <param name="Values">The metrics, in the order of the columns after them.</param>
/// <param name="Sql">The statement for a server; null where it has nothing of the kind.</param>
public sealed record MetricQuery(IReadOnlyList<string> Labels, IReadOnlyList<MetricColumn> Values, Func<ServerFeatures, string?> Sql)
{
    /// <summary>A query that is the same on every server.</summary>
    public MetricQuery(IReadOnlyList<string> labels, IReadOnlyList<MetricColumn> values, string sql)
        : this(labels, values, _ => sql)
    {
    }

    /// <summary>Whether it costs enough to be asked more seldom.</summary>
    public bool IsSlow { get; init; }

    /// <summary>How many rows an instance is expected to have at most. More still work, until the series of all instances are used up.</summary>
    public int Rows { get; init; } = 1;
}
