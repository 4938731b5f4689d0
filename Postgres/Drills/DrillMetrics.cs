using PgAspire.Postgres.Metrics;

namespace PgAspire.Postgres.Drills;

/// <summary>The last drill of each kind as metrics: attribute <c>fault</c> beside the instance that it happened to.</summary>
public static class DrillMetrics
{
    private static readonly MetricDefinition Begun = MetricDefinition.Gauge("pgaspire.drill.start_time", "s", "When the last drill of this kind began");
    private static readonly MetricDefinition Passed = MetricDefinition.Gauge("pgaspire.drill.passed", "1", "Whether it kept what is promised");
    private static readonly MetricDefinition WriteOutage = MetricDefinition.Gauge("pgaspire.drill.write_outage", "s", "Its longest time without an acknowledged write");
    private static readonly MetricDefinition ReadOutage = MetricDefinition.Gauge("pgaspire.drill.read_outage", "s", "Its longest time without an answered read");
    private static readonly MetricDefinition WholeAfter = MetricDefinition.Gauge("pgaspire.drill.whole_after", "s", "How long until the cluster was whole again");
    private static readonly MetricDefinition Writes = MetricDefinition.Gauge("pgaspire.drill.writes", "{write}", "What became of its writes");

    /// <summary>Each metric, and how many series an instance is expected to have of it at most.</summary>
    public static IReadOnlyList<(MetricDefinition Metric, int Series)> All { get; } =
        [(Begun, 5), (Passed, 5), (WriteOutage, 5), (ReadOutage, 10), (WholeAfter, 5), (Writes, 15)];

    /// <summary>The values of one report.</summary>
    public static MetricSample Of(DrillReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        var sample = new MetricSample(report.Cluster, report.Instance, report.Role);
        var fault = Attribute("fault", report.Fault.ToString().ToLowerInvariant());
        sample.Add(Begun, report.Begun.ToUnixTimeMilliseconds() / 1000.0, fault);
        sample.Add(Passed, report.IsPassed ? 1 : 0, fault);
        sample.Add(WriteOutage, report.WriteOutage, fault);
        sample.Add(ReadOutage, report.ReadOutage, fault, Attribute("preference", "primary"));
        sample.Add(ReadOutage, report.ReplicaReadOutage, fault, Attribute("preference", "replica"));
        sample.Add(Writes, report.Writes.Acknowledged, fault, Attribute("outcome", "acknowledged"));
        sample.Add(Writes, report.Writes.Lost.Count, fault, Attribute("outcome", "lost"));
        sample.Add(Writes, report.Writes.Doubled.Count, fault, Attribute("outcome", "doubled"));
        if (report.WholeAfter is { } whole)
        {
            sample.Add(WholeAfter, whole, fault);
        }

        return sample;
    }

    private static KeyValuePair<string, object?> Attribute(string name, string value) => new(name, value);
}
