using Microsoft.Extensions.Configuration;
using PgAspire.Postgres.Declaration;

namespace PgAspire.Monitoring;

/// <summary>
/// Who is told of an alert: configuration section <c>Alerts</c>, the same on every host. What is secret is named by a file that
/// Alertmanager reads itself.
/// </summary>
internal sealed record AlertReceivers
{
    /// <summary>The configuration's section.</summary>
    public const string Section = "Alerts";

    private static readonly Dictionary<string, Func<AlertReceivers, string?>> Fields = new(StringComparer.OrdinalIgnoreCase)
    {
        [nameof(Webhook)] = receivers => receivers.Webhook,
        [nameof(WebhookTokenFile)] = receivers => receivers.WebhookTokenFile,
        [nameof(ChatUrlFile)] = receivers => receivers.ChatUrlFile,
        [nameof(ChatChannel)] = receivers => receivers.ChatChannel,
        [nameof(EmailTo)] = receivers => receivers.EmailTo,
        [nameof(EmailFrom)] = receivers => receivers.EmailFrom,
        [nameof(SmtpHost)] = receivers => receivers.SmtpHost,
        [nameof(SmtpUser)] = receivers => receivers.SmtpUser,
        [nameof(SmtpPasswordFile)] = receivers => receivers.SmtpPasswordFile,
        [nameof(RunbookBase)] = receivers => receivers.RunbookBase,
    };

    /// <summary>A URL that every notification is posted to as JSON.</summary>
    public string? Webhook { get; init; }

    /// <summary>A file with the bearer token that the webhook wants.</summary>
    public string? WebhookTokenFile { get; init; }

    /// <summary>A file with the incoming webhook's URL of a chat that speaks Slack's protocol; whoever knows the URL may post.</summary>
    public string? ChatUrlFile { get; init; }

    /// <summary>The channel; null for the one that the URL belongs to.</summary>
    public string? ChatChannel { get; init; }

    /// <summary>The address that is written to; several are separated by commas.</summary>
    public string? EmailTo { get; init; }

    /// <summary>The sender's address.</summary>
    public string? EmailFrom { get; init; }

    /// <summary>Host and port of the mail server.</summary>
    public string? SmtpHost { get; init; }

    /// <summary>Who signs in there; null for nobody.</summary>
    public string? SmtpUser { get; init; }

    /// <summary>A file with that user's password.</summary>
    public string? SmtpPasswordFile { get; init; }

    /// <summary>Where the runbook's links begin, with a slash at the end.</summary>
    public string? RunbookBase { get; init; }

    /// <summary>The files that hold secrets.</summary>
    public IEnumerable<string> SecretFiles => new[] { WebhookTokenFile, ChatUrlFile, SmtpPasswordFile }.OfType<string>();

    /// <summary>The same as environment variables, for another process.</summary>
    public Dictionary<string, string?> ToEnvironment() => Fields.Where(field => field.Value(this) is not null)
        .ToDictionary(field => $"{Section}__{field.Key}", field => field.Value(this));

    /// <summary>Reads and checks the section.</summary>
    /// <param name="configuration">The whole configuration.</param>
    /// <param name="baseFolder">What the files' names are relative to.</param>
    /// <exception cref="DeclarationException">A field is unknown or wrong, or lacks another one.</exception>
    public static AlertReceivers Read(IConfiguration configuration, string baseFolder)
    {
        var section = configuration.GetSection(Section);
        var problems = section.GetChildren()
            .Where(field => !Fields.ContainsKey(field.Key))
            .Select(field => Problem(field.Key, field.Value, $"is unknown; there are {string.Join(", ", Fields.Keys)}")).ToList();
        string? Text(string field) => section[field] is { Length: > 0 } value ? value : null;
        string? File(string field) => Text(field) is { } name ? Path.GetFullPath(name, baseFolder) : null;
        var receivers = new AlertReceivers
        {
            Webhook = Text(nameof(Webhook)),
            WebhookTokenFile = File(nameof(WebhookTokenFile)),
            ChatUrlFile = File(nameof(ChatUrlFile)),
            ChatChannel = Text(nameof(ChatChannel)),
            EmailTo = Text(nameof(EmailTo)),
            EmailFrom = Text(nameof(EmailFrom)),
            SmtpHost = Text(nameof(SmtpHost)),
            SmtpUser = Text(nameof(SmtpUser)),
            SmtpPasswordFile = File(nameof(SmtpPasswordFile)),
            RunbookBase = Text(nameof(RunbookBase)),
        };
        problems.AddRange(receivers.Problems());
        return problems.Count == 0 ? receivers : throw new DeclarationException(problems);
    }

    private IEnumerable<DeclarationProblem> Problems()
    {
        if (Webhook is not null && !IsWeb(Webhook))
        {
            yield return Problem(nameof(Webhook), Webhook, "an http or https URL");
        }

        if (RunbookBase is not null && !(IsWeb(RunbookBase) && RunbookBase.EndsWith('/')))
        {
            yield return Problem(nameof(RunbookBase), RunbookBase, "an http or https URL with a slash at its end");
        }

        foreach (var file in SecretFiles.Where(file => !File.Exists(file)))
        {
            yield return Problem("a secret's file", file, "must exist");
        }

        foreach (var (field, value, needs, other) in new[]
        {
            (nameof(WebhookTokenFile), WebhookTokenFile, nameof(Webhook), Webhook),
            (nameof(ChatChannel), ChatChannel, nameof(ChatUrlFile), ChatUrlFile),
            (nameof(EmailTo), EmailTo, nameof(EmailFrom), EmailFrom),
            (nameof(EmailTo), EmailTo, nameof(SmtpHost), SmtpHost),
            (nameof(SmtpHost), SmtpHost, nameof(EmailTo), EmailTo),
            (nameof(SmtpUser), SmtpUser, nameof(SmtpPasswordFile), SmtpPasswordFile),
            (nameof(SmtpPasswordFile), SmtpPasswordFile, nameof(SmtpUser), SmtpUser),
        })
        {
            if (value is not null && other is null)
            {
                yield return Problem(field, value, $"needs {needs} too");
            }
        }

        if (SmtpHost is not null && SmtpHost.LastIndexOf(':') is var colon && !(colon > 0 && ushort.TryParse(SmtpHost[(colon + 1)..], out _)))
        {
            yield return Problem(nameof(SmtpHost), SmtpHost, "host:port");
        }
    }

    private static bool IsWeb(string text) => Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https";

    private static DeclarationProblem Problem(string field, string? value, string allowed) => new($"{Section}:{field}", value, allowed);
}
