using System.Text.RegularExpressions;
using PgAspire.Monitoring;
using PgAspire.Tests.Support;

namespace PgAspire.Tests.Monitoring;

public sealed partial class DashboardTests
{
    private static readonly string[] Known = ["datasource", "cluster", "instance"];
    private static readonly DashboardPanel[] Charts = [.. Dashboard.All.SelectMany(dashboard => dashboard.Panels).Where(panel => panel.Type != "row")];

    [Fact]
    public void EveryDashboardHasAnIdAndATitleOfItsOwn()
    {
        Assert.Equal(["api.json", "instance.json", "queries.json", "replication.json", "topology.json"], Dashboard.All.Select(dashboard => dashboard.File));
        Assert.Equal(Dashboard.All.Count, Dashboard.All.Select(dashboard => dashboard.Id).Distinct().Count());
        Assert.All(Dashboard.All, dashboard => Assert.StartsWith("PgAspire ", dashboard.Title, StringComparison.Ordinal));
        Assert.All(Dashboard.All, dashboard => Assert.Equal(dashboard.Panels.Count, dashboard.Panels.Select(panel => (panel.X, panel.Y)).Distinct().Count()));
    }

    [Fact]
    public void ClustersAndInstancesAreAskedForAndNoneIsNamed()
    {
        Assert.All(Dashboard.All.SelectMany(dashboard => dashboard.Variables), variable => Assert.Contains(variable.Key, Known));
        Assert.All(
            Dashboard.All.SelectMany(dashboard => dashboard.Variables).Where(variable => variable.Key != "datasource"),
            variable => Assert.StartsWith("label_values(postgresql_up", variable.Value, StringComparison.Ordinal));
        Assert.All(Charts, panel => Assert.All(panel.Queries, query => Assert.DoesNotMatch("(cluster|instance)=~?\"[^$\"]", query)));
        Assert.All(Charts.Where(panel => panel.Queries.Any(query => query.Contains("postgresql_", StringComparison.Ordinal))), panel =>
            Assert.All(panel.Queries, query => Assert.Contains("$cluster", query, StringComparison.Ordinal)));
    }

    [Fact]
    public void EveryPanelHasATitleAPlaceAndAQuery() => Assert.All(Charts, panel =>
    {
        Assert.NotEmpty(panel.Title);
        Assert.NotEmpty(panel.Queries);
        Assert.Equal("${datasource}", panel.Datasource);
        Assert.InRange(panel.X + panel.Width, 1, 24);
        Assert.DoesNotContain(Charts, other => other != panel && other.Dashboard == panel.Dashboard && Overlap(panel, other));
    });

    [Fact]
    public void EveryMetricOfAPanelOrARuleIsOneThatTheMonitorPublishes()
    {
        var published = Repository.Read("docs/metrics.md");
        var used = Charts.SelectMany(panel => panel.Queries).Concat(AlertRules.All.Select(rule => rule.Expression))
            .SelectMany(query => Metrics().Matches(query)).Select(match => match.Value).Distinct().Where(name => name != Reserved).ToList();

        Assert.NotEmpty(used);
        Assert.All(used, name => Assert.Contains($"`{name}`", published, StringComparison.Ordinal));
        Assert.Contains($"`{Reserved}`", Repository.Read("docs/monitoring.md"), StringComparison.Ordinal);
    }

    [Fact]
    public void TheHostsCarryTheDashboardsAsTheyAre() =>
        Assert.Equal(Dashboard.All.Select(dashboard => dashboard.File), MonitoringFiles.Dashboards().Keys);

    private const string Reserved = "pgaspire_backup_last_success_timestamp_seconds";

    private static bool Overlap(DashboardPanel one, DashboardPanel other) =>
        one.X < other.X + other.Width && other.X < one.X + one.Width && one.Y < other.Y + other.Height && other.Y < one.Y + one.Height;

    [GeneratedRegex(@"\b(?:(?:postgresql|pgaspire)_\w+|(?<!dotnet_)process_\w+|system_\w+(?=[\[{]))(?=[\[{])")]
    private static partial Regex Metrics();
}
