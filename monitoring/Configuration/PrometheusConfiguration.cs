using System.Globalization;
using System.Text;

namespace PgAspire.Monitoring;

/// <summary>The <c>prometheus.yml</c> of a topology.</summary>
internal sealed record PrometheusConfiguration
{
    /// <summary>The label that the rules' links to the runbook begin with; no alert leaves with it.</summary>
    public const string RunbookLabel = "runbook_base";

    /// <summary>
    /// The sample API calls the pool of a cluster's only instance by the cluster's name, and those of one of several <c>pg1 host:port
    /// primary</c> and <c>replica</c>: its statements and connections have the labels that everything else has.
    /// </summary>
    private const string PoolLabels = """
              - { source_labels: [db_client_connection_pool_name], regex: '([^ ]+)(?: .*)?', target_label: cluster }
              - { source_labels: [db_client_connection_pool_name], regex: '[^ ]+', target_label: role, replacement: primary }
              - { source_labels: [db_client_connection_pool_name], regex: '[^ ]+ [^ ]+ (primary|replica)', target_label: role }
        """;

    /// <summary>What is scraped.</summary>
    public required IReadOnlyList<ScrapeJob> Jobs { get; init; }

    /// <summary>Between two scrapes, and between two evaluations of the rules.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The rule files, relative to the configuration's folder; null where there are none.</summary>
    public string? Rules { get; init; }

    /// <summary>Host and port of the Alertmanager; null where there is none.</summary>
    public string? Alertmanager { get; init; }

    /// <summary>Where <c>docs/runbook.md</c> is to be read, with a slash at its end; empty for a relative link.</summary>
    public string RunbookBase { get; init; } = "";

    /// <summary>Writes the file.</summary>
    public string Write()
    {
        var interval = string.Create(CultureInfo.InvariantCulture, $"{(long)Interval.TotalMilliseconds}ms");
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"""
            global:
              scrape_interval: {interval}
              scrape_timeout: {interval}
              evaluation_interval: {interval}
              external_labels:
                {RunbookLabel}: {Yaml.Quote(RunbookBase)}

            """);
        if (Rules is not null)
        {
            text.Append(CultureInfo.InvariantCulture, $"rule_files:\n  - {Yaml.Quote(Rules)}\n");
        }

        if (Alertmanager is not null)
        {
            text.Append(CultureInfo.InvariantCulture, $"""
                alerting:
                  alert_relabel_configs:
                    - action: labeldrop
                      regex: {RunbookLabel}
                  alertmanagers:
                    - static_configs:
                        - targets: [{Yaml.Quote(Alertmanager)}]

                """);
        }

        text.Append("scrape_configs:\n");
        foreach (var job in Jobs)
        {
            // The monitor speaks for many instances: its own label says which, and must not give way to the address scraped.
            text.Append(CultureInfo.InvariantCulture, $"""
                  - job_name: {Yaml.Quote(job.Name)}
                    honor_labels: true
                    metrics_path: {Yaml.Quote(job.Path)}
                    static_configs:
                      - targets: [{Yaml.Quote(job.Target)}]
                    metric_relabel_configs:
                {PoolLabels}

                """);
        }

        return text.ToString();
    }
}
