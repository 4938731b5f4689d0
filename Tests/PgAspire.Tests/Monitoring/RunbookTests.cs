using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using PgAspire.Monitor.Runbook;
using PgAspire.Monitoring;

namespace PgAspire.Tests.Monitoring;

public sealed class RunbookTests
{
    [Fact]
    public async Task EveryAlertsLinkLeadsToItsSectionOfTheMonitorsPage()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using var app = builder.Build();
        app.MapRunbook();
        await app.StartAsync(TestContext.Current.CancellationToken);
        using var client = new HttpClient();

        foreach (var rule in AlertRules.All)
        {
            var link = new Uri(rule.Annotations["runbook_url"].Replace($"{{{{ $externalLabels.{PrometheusConfiguration.RunbookLabel} }}}}", $"{app.Urls.Single()}/", StringComparison.Ordinal));
            var page = await client.GetStringAsync(link, TestContext.Current.CancellationToken);
            Assert.Contains($"<h2 id=\"{link.Fragment[1..]}\">{rule.Name}</h2>", page, StringComparison.Ordinal);
        }

        var own = await client.GetStringAsync(new Uri($"{app.Urls.Single()}/runbook"), TestContext.Current.CancellationToken);
        Assert.Single(own.Split("<h1").Skip(1));
        Assert.Contains("<a href=\"/\">diagnostics</a>", own, StringComparison.Ordinal);
        Assert.Contains("<td><code>replication</code>, <code>replication-slots</code></td>", own, StringComparison.Ordinal);
        Assert.DoesNotMatch("href=\"[^\"/#h]", own);
    }
}
