using PgAspire.Cli.Embedded;
using PgAspire.Monitoring;

namespace PgAspire.Cli.Monitoring;

/// <summary>Prometheus with the alert rules, and the Alertmanager that it tells, as processes beside the topology.</summary>
internal sealed class MonitoringStack(StateFolder folder, IProgressSink progress)
{
    public const string Prometheus = "prometheus";
    public const string Alertmanager = "alertmanager";
    private const string Ready = "/-/ready";
    private const string Retention = "7d";
    private const string RetentionSize = "1GB";

    /// <summary>Starts both, or leaves them where they run with the same configuration.</summary>
    /// <param name="programs">Their programs.</param>
    /// <param name="receivers">Who is told of alerts.</param>
    /// <param name="services">The services to scrape: address by name.</param>
    /// <exception cref="CliException">One does not come up; the end of its log says why.</exception>
    public async Task UpAsync(
        MonitoringPrograms programs, AlertReceivers receivers, IReadOnlyDictionary<string, string> services, CancellationToken cancellationToken)
    {
        folder.MakePrivate(folder.Monitoring);
        var alertmanager = await Service(Alertmanager).UpAsync(AlertmanagerProgram(programs.Alertmanager, receivers), null, cancellationToken);
        var prometheus = PrometheusProgram(programs.Prometheus, new PrometheusConfiguration
        {
            Jobs = [.. services.Append(new(Alertmanager, alertmanager)).Select(service => new ScrapeJob(service.Key, new Uri(service.Value).Authority))],
            Rules = "rules/*.yml",
            Alertmanager = new Uri(alertmanager).Authority,
            // The monitor serves the runbook.
            RunbookBase = receivers.RunbookBase ?? (services.TryGetValue(MonitorProgram.Name, out var monitor) ? $"{monitor}/" : ""),
        });
        await Service(Prometheus).UpAsync(prometheus, null, cancellationToken);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await Service(Prometheus).StopAsync(cancellationToken);
        await Service(Alertmanager).StopAsync(cancellationToken);
    }

    private ServiceProcess Service(string name) => new(folder, progress, name);

    private ServiceProgram AlertmanagerProgram(string program, AlertReceivers receivers)
    {
        var text = new AlertmanagerConfiguration(receivers).Write();
        var file = Write("alertmanager.yml", text);
        return new(program, new Dictionary<string, string?>())
        {
            Configuration = text,
            AlivePath = Ready,
            Arguments = url =>
            [
                $"--config.file={file}", $"--storage.path={Path.Combine(folder.Monitoring, Alertmanager)}", $"--web.listen-address={url.Authority}",
                "--cluster.listen-address=", // Alone: no gossip, and no port for it.
            ],
        };
    }

    private ServiceProgram PrometheusProgram(string program, PrometheusConfiguration configuration)
    {
        var text = configuration.Write();
        var file = Write("prometheus.yml", text);
        foreach (var stale in Directory.EnumerateFiles(Directory.CreateDirectory(Path.Combine(folder.Monitoring, "rules")).FullName))
        {
            File.Delete(stale);
        }

        foreach (var (name, rules) in MonitoringFiles.Rules())
        {
            text += rules;
            Write(Path.Combine("rules", name), rules);
        }

        return new(program, new Dictionary<string, string?>())
        {
            Configuration = text,
            AlivePath = Ready,
            Arguments = url =>
            [
                $"--config.file={file}", $"--storage.tsdb.path={Path.Combine(folder.Monitoring, Prometheus)}", $"--web.listen-address={url.Authority}",
                $"--storage.tsdb.retention.time={Retention}", $"--storage.tsdb.retention.size={RetentionSize}",
            ],
        };
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(folder.Monitoring, name);
        File.WriteAllText(path, text);
        return path;
    }
}
