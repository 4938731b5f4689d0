using System.Text.RegularExpressions;
using PgAspire.Monitor;
using PgAspire.Postgres.Metrics;
using PgAspire.Tests.Support;

namespace PgAspire.Tests.Monitor;

[Collection(WatchedTopology.Collection)]
public sealed partial class CatalogTests(WatchedTopology watched)
{
    private static readonly Dictionary<string, string> UnitSuffixes = new() { ["By"] = "_bytes", ["s"] = "_seconds", ["ms"] = "_milliseconds" };

    [Fact]
    public void TheDocumentationListsEveryMetricAsItIs()
    {
        var documented = Rows().Select(row => (row.Name, row.Kind, row.Unit, row.Prometheus)).Order().ToList();
        var real = MonitorMetrics.All.Select(entry => (
            entry.Metric.Name, entry.Metric.Kind.ToString().ToUpperInvariant(), entry.Metric.Unit, PrometheusName(entry.Metric))).Order();
        Assert.Equal(real, documented);
    }

    [Fact]
    public async Task EveryMetricIsPublishedUnderItsNameWithItsAttributes()
    {
        await watched.SeeAsync("postgresql_up", value => value == 1, WatchedTopology.Primary, "role=primary");
        await watched.SeeAsync("postgresql_up", value => value == 1, WatchedTopology.Replica, "role=replica");
        var scrape = await watched.ScrapeAsync();
        var expected = Rows().ToDictionary(row => row.Prometheus, row => row.Attributes.Concat(["cluster", "instance", "otel_scope_name", "role"]).Order(StringComparer.Ordinal));
        var published = scrape.Names.Where(name => OwnName().IsMatch(name)).ToList();
        Assert.NotEmpty(published);
        foreach (var name in published)
        {
            Assert.All(scrape.LabelsOf(name), labels =>
            {
                Assert.Equal(expected[name], labels.Keys.Order(StringComparer.Ordinal));
                Assert.Contains(labels["role"], new[] { "primary", "replica" });
            });
        }
    }

    [Fact]
    public void EveryMetricHasATestThatMovesIt()
    {
        var tests = string.Concat(Directory.EnumerateFiles(Path.Combine(Repository.Root, "Tests", "PgAspire.Tests", "Monitor")).Select(File.ReadAllText));
        Assert.All(MonitorMetrics.All, entry => Assert.Contains($"\"{PrometheusName(entry.Metric)}\"", tests, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(14)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(18)]
    public void EachVersionIsAskedForWhatItHas(int major)
    {
        var sql = string.Concat(MetricCatalog.For(new(major * 10000, null), slow: false).Select(entry => entry.Sql));
        Assert.Equal(major >= 16, sql.Contains("pg_stat_io", StringComparison.Ordinal));
        Assert.Equal(major is 16 or 17, sql.Contains("op_bytes", StringComparison.Ordinal));
        Assert.Equal(major >= 18, sql.Contains("write_bytes", StringComparison.Ordinal));
        Assert.Equal(major >= 17, sql.Contains("pg_stat_checkpointer", StringComparison.Ordinal));
        Assert.Equal(major < 17, sql.Contains("buffers_backend", StringComparison.Ordinal));
    }

    [Fact]
    public void StatementsAreReadWhereTheExtensionIs()
    {
        static string Slow(string? schema) => string.Concat(MetricCatalog.For(new(180000, schema), slow: true).Select(entry => entry.Sql));
        Assert.DoesNotContain("pg_stat_statements", Slow(null), StringComparison.Ordinal);
        Assert.Contains("FROM \"Odd\".pg_stat_statements(false)", Slow("\"Odd\""), StringComparison.Ordinal);
    }

    /// <summary>As OpenTelemetry's Prometheus exporter makes it.</summary>
    private static string PrometheusName(MetricDefinition metric)
    {
        var name = metric.Name.Replace('.', '_');
        var suffix = UnitSuffixes.GetValueOrDefault(metric.Unit, "");
        name = name.EndsWith(suffix.TrimStart('_'), StringComparison.Ordinal) ? name : name + suffix;
        return metric.Kind == MetricKind.Counter ? name + "_total" : name;
    }

    private static IEnumerable<(string Name, string Kind, string Unit, string[] Attributes, string Prometheus)> Rows() =>
        Repository.Read("docs/metrics.md").Split('\n').Where(line => line.StartsWith("| `", StringComparison.Ordinal) && line.Count(sign => sign == '|') == 9)
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries))
            .Select(cells => (cells[1].Trim('`'), cells[2].ToUpperInvariant(), cells[3].Trim('`'),
                cells[4].Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(name => name.Trim('`').Replace('.', '_')).ToArray(),
                cells[5].Trim('`')));

    [GeneratedRegex("^(postgresql|process|system|pgaspire)_")]
    private static partial Regex OwnName();
}
