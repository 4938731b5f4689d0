using System.Globalization;
using System.Text.RegularExpressions;

namespace PgAspire.Postgres.Diagnostics.Logs;

/// <summary>Reads the log that servers write with the <c>log_line_prefix</c> of <see cref="Configuration.ServerSettings"/>.</summary>
internal static partial class ServerLog
{
    /// <summary>The entries of a log's text; what is not the server's own is passed over.</summary>
    public static IEnumerable<LogEntry> Read(string text)
    {
        LogEntry? entry = null;
        foreach (var line in text.Split('\n').Select(line => line.TrimEnd('\r')))
        {
            if (First().Match(line) is { Success: true } match)
            {
                if (entry is not null)
                {
                    yield return entry;
                }

                entry = From(match);
            }
            else if (entry is not null && line.StartsWith('\t'))
            {
                entry = entry with { Message = $"{entry.Message}\n{line[1..]}" };
            }
        }

        if (entry is not null)
        {
            yield return entry;
        }
    }

    private static LogEntry From(Match match) => new(
        DateTime.ParseExact(match.Groups["time"].Value, "yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal),
        match.Groups["process"].Value, Optional(match, "user"), Optional(match, "database"), Optional(match, "application"),
        match.Groups["level"].Value, match.Groups["message"].Value);

    private static string? Optional(Match match, string group) => match.Groups[group].Success ? match.Groups[group].Value : null;

    [GeneratedRegex(
        @"^(?<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}) \w+ \[(?<process>\d+)\] (?:(?<user>[^@]*)@(?<database>[^/]*)/(?<application>.*?) )?(?<level>DEBUG[1-5]?|LOG|INFO|NOTICE|WARNING|ERROR|FATAL|PANIC|DETAIL|HINT|CONTEXT|STATEMENT|QUERY|LOCATION):  (?<message>.*)$",
        RegexOptions.ExplicitCapture)]
    private static partial Regex First();
}
