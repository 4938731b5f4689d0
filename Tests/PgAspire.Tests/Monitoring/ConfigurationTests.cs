using Microsoft.Extensions.Configuration;
using PgAspire.Monitoring;
using PgAspire.Postgres.Declaration;
using PgAspire.Tests.Support;

namespace PgAspire.Tests.Monitoring;

public sealed class ConfigurationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task EveryReceiverAtOnceIsAConfigurationThatAlertmanagerTakes()
    {
        var text = new AlertmanagerConfiguration(AllReceivers()).Write();

        var checkedBy = await MonitoringTool.RunAsync("amtool", "check-config", _folder.Write("alertmanager.yml", text));

        Assert.Contains("SUCCESS", checkedBy, StringComparison.Ordinal);
        Assert.Contains("1 receivers", checkedBy, StringComparison.Ordinal);
        Assert.Contains("webhook_configs", text, StringComparison.Ordinal);
        Assert.Contains("slack_configs", text, StringComparison.Ordinal);
        Assert.Contains("email_configs", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WithoutAnyReceiverAlertmanagerTakesItToo()
    {
        var text = new AlertmanagerConfiguration(new()).Write();

        await MonitoringTool.RunAsync("amtool", "check-config", _folder.Write("alertmanager.yml", text));

        Assert.DoesNotContain("_configs", text, StringComparison.Ordinal);
    }

    [Fact]
    public void NoSecretIsInTheConfigurationOnlyWhereItIsRead()
    {
        var text = new AlertmanagerConfiguration(AllReceivers()).Write(path => $"/etc/alertmanager/secrets/{Path.GetFileName(path)}");

        Assert.DoesNotContain("do-not-show", text, StringComparison.Ordinal);
        Assert.DoesNotContain(_folder.FullPath, text, StringComparison.Ordinal);
        Assert.Contains("credentials_file: '/etc/alertmanager/secrets/token'", text, StringComparison.Ordinal);
        Assert.Contains("api_url_file: '/etc/alertmanager/secrets/chat'", text, StringComparison.Ordinal);
        Assert.Contains("auth_password_file: '/etc/alertmanager/secrets/password'", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Webhok", "http://127.0.0.1:1/", "is unknown")]
    [InlineData("Webhook", "ftp://127.0.0.1/", "an http or https URL")]
    [InlineData("WebhookTokenFile", "/etc/passwd", "needs Webhook too")]
    [InlineData("ChatUrlFile", "no-such-file", "must exist")]
    [InlineData("EmailTo", "dba@example.org", "needs EmailFrom too")]
    [InlineData("SmtpHost", "mail.example.org", "host:port")]
    [InlineData("RunbookBase", "https://example.org/docs", "with a slash at its end")]
    public void AWrongReceiverIsRefusedByName(string field, string value, string allowed)
    {
        var refused = Assert.Throws<DeclarationException>(() => Read((field, value)));

        Assert.Contains(refused.Problems, problem => problem.Path.EndsWith(field, StringComparison.Ordinal) || problem.Value == Path.GetFullPath(value, _folder.FullPath));
        Assert.Contains(allowed, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PrometheusTakesItsConfigurationWithRulesAndAnAlertmanager()
    {
        foreach (var (name, rules) in MonitoringFiles.Rules())
        {
            _folder.Write(Path.Combine("rules", name), rules);
        }

        var file = _folder.Write("prometheus.yml", new PrometheusConfiguration
        {
            Jobs = [new("api", "127.0.0.1:8080"), new("monitor", "127.0.0.1:8081", "/other's")],
            Rules = "rules/*.yml",
            Alertmanager = "127.0.0.1:9093",
            RunbookBase = "https://example.org/it's/",
        }.Write());

        var output = await MonitoringTool.RunAsync("promtool", "check", "config", file);

        Assert.Contains($"{MonitoringFiles.Rules().Count} rule files found", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheDocumentedConfigurationIsTakenTooAndLabelsAsTheGeneratedOneDoes()
    {
        var documented = Repository.Read("docs/monitoring.md").Split("```yaml\n")[1].Split("```")[0];
        var generated = new PrometheusConfiguration { Jobs = [new("api", "127.0.0.1:8080")] }.Write();
        var file = _folder.Write("prometheus.yml", documented);
        _folder.Write(Path.Combine("rules", "none.yml"), "groups: []");

        await MonitoringTool.RunAsync("promtool", "check", "config", file);

        Assert.Equal(Relabelling(generated, "api"), Relabelling(documented, "api"));
        Assert.Contains("honor_labels: true", documented, StringComparison.Ordinal);

        static string Relabelling(string text, string job) => string.Join('\n', text[text.IndexOf($"job_name: '{job}'", StringComparison.Ordinal)..]
            .Split("metric_relabel_configs:")[1].Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
    }

    public void Dispose() => _folder.Dispose();

    private AlertReceivers AllReceivers() => Read(
        ("Webhook", "http://127.0.0.1:9/hook"), ("WebhookTokenFile", Secret("token")),
        ("ChatUrlFile", Secret("chat", "https://chat.example.org/do-not-show")), ("ChatChannel", "#databases"),
        ("EmailTo", "dba@example.org"), ("EmailFrom", "pgaspire@example.org"), ("SmtpHost", "mail.example.org:587"),
        ("SmtpUser", "o'brien"), ("SmtpPasswordFile", Secret("password")));

    private string Secret(string name, string content = "do-not-show")
    {
        _folder.Write(name, content);
        return name;
    }

    private AlertReceivers Read(params (string Field, string Value)[] fields) => AlertReceivers.Read(
        new ConfigurationBuilder().AddInMemoryCollection(fields.Select(field => KeyValuePair.Create($"alerts:{field.Field}", (string?)field.Value))).Build(), _folder.FullPath);
}
