using PgAspire.Hosting.Resources;
using PgAspire.Monitoring;
using PgAspire.Postgres.Declaration;

namespace PgAspire.AppHost.Tests;

public sealed class AlertingTests
{
    [Fact]
    public async Task AnAlertmanagerIsAContainerWithItsConfigurationAndItsSecretsInFiles()
    {
        var secret = Path.GetTempFileName();
        await File.WriteAllTextAsync(secret, "https://chat.example.org/superSecret1", TestContext.Current.CancellationToken);
        try
        {
            var builder = Model.Builder("--Alerts:Webhook=http://127.0.0.1:9/", $"--Alerts:ChatUrlFile={secret}");
            builder.AddPrometheus("prometheus").WithRules(builder.AddAlertmanager("alertmanager"));
            await using var model = await Model.CompleteAsync(builder);
            var alertmanager = model.Get<AlertmanagerResource>("alertmanager");

            Assert.True(alertmanager.TryGetContainerImageName(out var image));
            Assert.Equal("docker.io/prom/alertmanager:v0.28.1", image);
            var files = await alertmanager.ContainerFilesAsync(model.Services);
            Assert.Equal(["/etc/alertmanager/alertmanager.yml", $"/etc/alertmanager/secrets/{Path.GetFileName(secret)}"], files.Keys);
            Assert.Contains($"api_url_file: '/etc/alertmanager/secrets/{Path.GetFileName(secret)}'", files["/etc/alertmanager/alertmanager.yml"], StringComparison.Ordinal);
            Assert.DoesNotContain("superSecret1", files["/etc/alertmanager/alertmanager.yml"], StringComparison.Ordinal);
            Assert.Equal("{alertmanager.bindings.http.url}", (await model.EnvironmentAsync("prometheus"))["ALERTMANAGER"]);
        }
        finally
        {
            File.Delete(secret);
        }
    }

    [Fact]
    public void AWrongReceiverIsRefusedBeforeAnythingStarts()
    {
        var builder = Model.Builder("--Alerts:Webhok=http://127.0.0.1:9/");

        Assert.Contains("Alerts:Webhok", Assert.Throws<DeclarationException>(() => builder.AddAlertmanager("alertmanager")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GrafanaIsThereWhereItIsAskedForAndHasEveryDashboard()
    {
        var builder = Model.Builder("--PgAspire:Grafana=true");
        builder.AddPrometheus("prometheus").WithOptionalGrafana();
        await using var model = await Model.CompleteAsync(builder);
        var grafana = model.Get<GrafanaResource>("grafana");

        var files = await grafana.ContainerFilesAsync(model.Services);
        Assert.Equal(
            [
                "/etc/grafana/provisioning/datasources/pgaspire.yml", "/etc/grafana/provisioning/dashboards/pgaspire.yml",
                .. MonitoringFiles.Dashboards().Keys.Select(name => $"/etc/grafana/dashboards/{name}"),
            ],
            files.Keys);
        Assert.Contains("url: $PROMETHEUS_URL", files["/etc/grafana/provisioning/datasources/pgaspire.yml"], StringComparison.Ordinal);
        Assert.Equal("{prometheus.bindings.http.url}", (await model.EnvironmentAsync("grafana"))["PROMETHEUS_URL"]);
    }

    [Fact]
    public async Task GrafanaIsNotThereOtherwise()
    {
        var builder = Model.Builder();
        builder.AddPrometheus("prometheus").WithOptionalGrafana();
        await using var model = await Model.CompleteAsync(builder);

        Assert.DoesNotContain(model.Resources, resource => resource is GrafanaResource);
    }
}
