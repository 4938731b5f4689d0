using System.Data.Common;
using System.Diagnostics.Metrics;

namespace PgAspire.Postgres.Metrics;

/// <summary>Values of one instance by metric, as an instrument reports them.</summary>
/// <param name="cluster">The instance's cluster.</param>
/// <param name="instance">Its name.</param>
/// <param name="role">Its role, <c>primary</c> or <c>replica</c>.</param>
public sealed class MetricSample(string cluster, string instance, string role)
{
    private static readonly IReadOnlyList<Measurement<double>> None = [];
    private readonly Dictionary<string, List<Measurement<double>>> _values = [];

    /// <summary>The labels of every series of an instance.</summary>
    public static KeyValuePair<string, object?>[] Identity(string cluster, string instance, string role) =>
        [new("cluster", cluster), new("instance", instance), new("role", role)];

    /// <summary>The instance's role when this was taken.</summary>
    public string Role => role;

    /// <summary>Every metric that has values.</summary>
    public IEnumerable<KeyValuePair<string, List<Measurement<double>>>> All => _values;

    /// <summary>The values of a metric; none where it has none.</summary>
    public IReadOnlyList<Measurement<double>> Of(string metric) => _values.GetValueOrDefault(metric) ?? None;

    /// <summary>Adds a value.</summary>
    public void Add(MetricDefinition metric, double value, params ReadOnlySpan<KeyValuePair<string, object?>> attributes)
    {
        if (!_values.TryGetValue(metric.Name, out var list))
        {
            _values[metric.Name] = list = [];
        }

        list.Add(new(value, [.. Identity(cluster, instance, role), .. attributes]));
    }

    /// <summary>Adds what another sample has of metrics that have no value here.</summary>
    public void AddMissing(MetricSample other)
    {
        foreach (var (metric, values) in other.All)
        {
            _values.TryAdd(metric, values);
        }
    }

    /// <summary>Adds the values of the row that a reader is at.</summary>
    public void AddRow(MetricQuery query, DbDataReader row)
    {
        var labels = new KeyValuePair<string, object?>[query.Labels.Count];
        for (var index = 0; index < labels.Length; index++)
        {
            labels[index] = new(query.Labels[index], row.GetString(index));
        }

        for (var index = 0; index < query.Values.Count; index++)
        {
            if (ReadNumber(row, labels.Length + index) is { } value)
            {
                var (metric, attributes) = query.Values[index];
                Add(metric, value, [.. labels, .. attributes.Select(attribute => new KeyValuePair<string, object?>(attribute.Name, attribute.Value))]);
            }
        }
    }

    private static double? ReadNumber(DbDataReader row, int ordinal) => row.IsDBNull(ordinal) ? null : Type.GetTypeCode(row.GetFieldType(ordinal)) switch
    {
        TypeCode.Int64 => row.GetInt64(ordinal),
        TypeCode.Int32 => row.GetInt32(ordinal),
        TypeCode.Double => row.GetDouble(ordinal),
        TypeCode.Boolean => row.GetBoolean(ordinal) ? 1 : 0,
        // The exact types of PostgreSQL have more digits than any of .NET's.
        _ => (double)row.GetDecimal(ordinal),
    };
}
