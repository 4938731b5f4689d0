using PgAspire.Monitor.Runbook;
using PgAspire.Monitoring;
using PgAspire.Tests.Support;

namespace PgAspire.Tests.Monitoring;

public sealed class RunbookTests
{
    [Fact]
    public async Task EveryAlertsLinkLeadsToItsSectionOfTheMonitorsPage()
    {
        await using var site = await LocalSite.StartAsync(routes => routes.MapRunbook());
        foreach (var rule in AlertRules.All)
        {
            var link = new Uri(rule.Annotations["runbook_url"].Replace($"{{{{ $externalLabels.{PrometheusConfiguration.RunbookLabel} }}}}", $"{site.Url}/", StringComparison.Ordinal));
            var page = await site.Client.GetStringAsync(link, TestContext.Current.CancellationToken);
            Assert.Contains($"<h2 id=\"{link.Fragment[1..]}\">{rule.Name}</h2>", page, StringComparison.Ordinal);
        }

        var own = await site.TextAsync("/runbook");
        Assert.Single(own.Split("<h1").Skip(1));
        Assert.Contains("<a href=\"/\">diagnostics</a>", own, StringComparison.Ordinal);
        Assert.Contains("<td><code>replication</code>, <code>replication-slots</code></td>", own, StringComparison.Ordinal);
        Assert.DoesNotMatch("href=\"[^\"/#h]", own);
    }
}
