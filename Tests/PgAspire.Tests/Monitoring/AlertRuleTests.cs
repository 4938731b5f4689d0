using PgAspire.Monitoring;
using PgAspire.Tests.Support;

namespace PgAspire.Tests.Monitoring;

public sealed class AlertRuleTests
{
    private static readonly string[] Severities = ["critical", "warning"];

    /// <summary>The labels that tell what an alert is about.</summary>
    private static readonly Dictionary<string, string[]> Subject = new()
    {
        ["instance"] = ["cluster", "instance", "role"], ["cluster"] = ["cluster"], ["service"] = ["job"],
    };

    public static TheoryData<string> Alerts => [.. AlertRules.All.Select(rule => rule.Name)];

    [Fact]
    public async Task PrometheusTakesEveryRuleFile() =>
        Assert.DoesNotContain("FAILED", await MonitoringTool.RunAsync("promtool", ["check", "rules", .. AlertRules.Files]), StringComparison.Ordinal);

    [Fact]
    public async Task EveryAlertFiresAndStaysSilentAsItsTestsSay()
    {
        var output = await MonitoringTool.RunAsync("promtool", ["test", "rules", .. AlertRules.TestFiles]);

        Assert.Equal(AlertRules.TestFiles.Count, output.Split("SUCCESS").Length - 1);
    }

    [Theory]
    [MemberData(nameof(Alerts))]
    public void AnAlertHasATestInWhichItFiresAndOneInWhichItDoesNot(string alert)
    {
        var rule = AlertRules.All.Single(rule => rule.Name == alert);
        var expectations = AlertRules.Expectations(alert).ToList();

        Assert.Contains(expectations, fired => fired.Count == 0);
        Assert.Contains(expectations, fired => fired.Count > 0);
        Assert.All(expectations.SelectMany(fired => fired), labels => Assert.All(
            [.. Subject[rule.Labels["scope"]], "severity", "scope"], label => Assert.Contains(label, labels.Keys)));
    }

    [Theory]
    [MemberData(nameof(Alerts))]
    public void AnAlertSaysHowBadItIsWhatItIsAboutAndWhatToDo(string alert)
    {
        var rule = AlertRules.All.Single(rule => rule.Name == alert);

        Assert.Contains(rule.Labels["severity"], Severities);
        Assert.Equal(["description", "runbook_url", "summary"], rule.Annotations.Keys.Order(StringComparer.Ordinal));
        Assert.Equal($"{{{{ $externalLabels.{PrometheusConfiguration.RunbookLabel} }}}}docs/runbook.md#{alert.ToLowerInvariant()}", rule.Annotations["runbook_url"]);
        var section = Repository.Read("docs/runbook.md").Split($"\n## {alert}\n");
        Assert.True(section.Length == 2, $"docs/runbook.md has no section, or several, called {alert}.");
        Assert.Contains("**What to do.**", section[1].Split("\n## ")[0], StringComparison.Ordinal);
    }

    [Fact]
    public void TheRunbookHasNoSectionOfAnAlertThatIsGone()
    {
        var sections = Repository.Read("docs/runbook.md").Split('\n').Where(line => line.StartsWith("## ", StringComparison.Ordinal)).Select(line => line[3..]);

        Assert.Equal(AlertRules.All.Select(rule => rule.Name).Order(StringComparer.Ordinal), sections.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void NoRuleNamesAnInstanceOrAClusterOfItsOwn() =>
        Assert.All(AlertRules.All, rule => Assert.DoesNotMatch("(cluster|instance)=~?\"[^\"]", rule.Expression));

    [Fact]
    public void TheHostsCarryTheRuleFilesAsTheyAre() =>
        Assert.Equal(AlertRules.Files.ToDictionary(file => Path.GetFileName(file), File.ReadAllText), MonitoringFiles.Rules());
}
