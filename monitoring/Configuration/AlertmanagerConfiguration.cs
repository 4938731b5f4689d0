using System.Globalization;
using System.Text;

namespace PgAspire.Monitoring;

/// <summary>The <c>alertmanager.yml</c> of a topology.</summary>
/// <param name="Receivers">Who is told; nobody where it names none, and the alerts are on Alertmanager's page alone.</param>
internal sealed record AlertmanagerConfiguration(AlertReceivers Receivers)
{
    /// <summary>How long the first alerts of a cluster wait for others to be told with them.</summary>
    public TimeSpan GroupWait { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long news of a group that was told wait.</summary>
    public TimeSpan GroupInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>After how long an alert that lasts is told again; a critical one four times as often.</summary>
    public TimeSpan Repeat { get; init; } = TimeSpan.FromHours(4);

    /// <summary>The file as text.</summary>
    /// <param name="secretPath">Where Alertmanager finds a secret's file; by default where it is.</param>
    public string Write(Func<string, string>? secretPath = null)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"""
            route:
              receiver: people
              group_by: [cluster]
              group_wait: {Duration(GroupWait)}
              group_interval: {Duration(GroupInterval)}
              repeat_interval: {Duration(Repeat)}
              routes:
                - matchers: [severity="critical"]
                  repeat_interval: {Duration(Repeat / 4)}
                  group_by: [cluster, severity]
            inhibit_rules:
              # Whatever else is wrong with an instance that does not answer follows from that.
              - source_matchers: [alertname="PostgresInstanceDown"]
                target_matchers: [alertname!="PostgresInstanceDown"]
                equal: [cluster, instance]
              # Without a primary nothing replicates, and no replica can catch up.
              - source_matchers: [alertname="PostgresNoPrimary"]
                target_matchers: [alertname=~"PostgresReplication.*"]
                equal: [cluster]
              # Each of these is the same fault, further on.
              - source_matchers: [alertname="PostgresDiskAlmostFull"]
                target_matchers: [alertname="PostgresDiskFillingUp"]
                equal: [cluster, instance]
              - source_matchers: [alertname="PostgresConnectionsExhausted"]
                target_matchers: [alertname="PostgresConnectionsNearLimit"]
                equal: [cluster, instance]
              - source_matchers: [alertname="PostgresLockStorm"]
                target_matchers: [alertname="PostgresBlockedTooLong"]
                equal: [cluster, instance]
            receivers:
              - name: people

            """);
        Append(text, secretPath ?? (path => path));
        return text.ToString();
    }

    private void Append(StringBuilder text, Func<string, string> secretPath)
    {
        void Line(int depth, string line) => text.Append(' ', depth * 2).Append(line).Append('\n');
        if (Receivers.Webhook is { } webhook)
        {
            Line(2, "webhook_configs:");
            Line(3, $"- url: {Yaml.Quote(webhook)}");
            Line(4, "send_resolved: true");
            if (Receivers.WebhookTokenFile is { } token)
            {
                Line(4, "http_config:");
                Line(5, $"authorization: {{ credentials_file: {Yaml.Quote(secretPath(token))} }}");
            }
        }

        if (Receivers.ChatUrlFile is { } chat)
        {
            Line(2, "slack_configs:");
            Line(3, $"- api_url_file: {Yaml.Quote(secretPath(chat))}");
            Line(4, "send_resolved: true");
            if (Receivers.ChatChannel is { } channel)
            {
                Line(4, $"channel: {Yaml.Quote(channel)}");
            }

            Line(4, """title: '{{ .Status | toUpper }} {{ .CommonLabels.cluster }}'""");
            Line(4, """text: '{{ range .Alerts }}{{ .Annotations.summary }} ({{ .Labels.severity }}): {{ .Annotations.description }} {{ .Annotations.runbook_url }}{{ "\n" }}{{ end }}'""");
        }

        if (Receivers.EmailTo is { } to)
        {
            Line(2, "email_configs:");
            Line(3, $"- to: {Yaml.Quote(to)}");
            Line(4, $"from: {Yaml.Quote(Receivers.EmailFrom!)}");
            Line(4, $"smarthost: {Yaml.Quote(Receivers.SmtpHost!)}");
            Line(4, "send_resolved: true");
            if (Receivers.SmtpUser is { } user)
            {
                Line(4, $"auth_username: {Yaml.Quote(user)}");
                Line(4, $"auth_password_file: {Yaml.Quote(secretPath(Receivers.SmtpPasswordFile!))}");
            }
        }
    }

    private static string Duration(TimeSpan span) => string.Create(CultureInfo.InvariantCulture, $"{(long)span.TotalMilliseconds}ms");
}
