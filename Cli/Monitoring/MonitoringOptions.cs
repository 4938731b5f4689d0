using System.CommandLine;
using Microsoft.Extensions.Configuration;
using PgAspire.Monitoring;
using PgAspire.Postgres.Declaration;

namespace PgAspire.Cli.Monitoring;

/// <summary>What <c>up --monitoring</c> says.</summary>
internal static class MonitoringOptions
{
    private static readonly Option<bool> Monitoring = new("--monitoring") { Description = "Also run Prometheus with the alert rules, and Alertmanager; both must be installed" };
    private static readonly Option<string[]> Alert = new("--alert")
    {
        Description = $"Who is told of alerts: Webhook, ChatUrlFile, EmailTo and others of docs/monitoring.md; may be repeated ({AlertReceivers.Section}__Webhook in the environment)",
        HelpName = "name=value",
        AllowMultipleArgumentsPerToken = false,
    };

    public static void AddTo(Command command)
    {
        command.Options.Add(Monitoring);
        command.Options.Add(Alert);
    }

    /// <summary>Who is to be told; null where no monitoring is wanted.</summary>
    /// <exception cref="DeclarationException">It is wrong.</exception>
    public static AlertReceivers? Read(ParseResult parse)
    {
        var said = (parse.GetValue(Alert) ?? []).Select(text => text.Split('=', 2) is [var name, var value]
            ? KeyValuePair.Create($"{AlertReceivers.Section}:{name.Trim()}", (string?)value.Trim())
            : throw new DeclarationException([new(AlertReceivers.Section, text, "name=value", "command line --alert")])).ToList();
        if (!parse.GetValue(Monitoring))
        {
            return said.Count == 0 ? null : throw new CliException("--alert is of no use without --monitoring.", ExitCodes.WrongInput);
        }

        var configuration = new ConfigurationBuilder().AddEnvironmentVariables().AddInMemoryCollection(said).Build();
        return AlertReceivers.Read(configuration, Directory.GetCurrentDirectory());
    }
}
