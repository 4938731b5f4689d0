using System.Text.RegularExpressions;

namespace PgAspire.Postgres.Control;

/// <summary>Why a server ended that nobody stopped, read from its log.</summary>
public static partial class ServerEnd
{
    /// <summary>The words of the process that took the server with it, or what became of that process; null where the log does not say.</summary>
    /// <param name="lines">The log's last lines, each with the process in brackets before it (<c>%p</c> of <c>log_line_prefix</c>).</param>
    public static string? ReasonIn(IReadOnlyList<string> lines)
    {
        // A background worker that ends when the server shuts down says so in the same words.
        var end = lines.Select(line => End().Match(line)).LastOrDefault(match => match.Success && !match.Groups["who"].Value.StartsWith("background worker", StringComparison.Ordinal));
        if (end is null)
        {
            return null;
        }

        return LastWordsIn(lines.Where(line => line.Contains($"[{end.Groups["process"].Value}]", StringComparison.Ordinal)))
            ?? $"{end.Groups["who"].Value} {end.Groups["how"].Value}";
    }

    /// <summary>The last message of a session or process that ended with it; null where there is none.</summary>
    public static string? LastWordsIn(IEnumerable<string> lines) =>
        lines.Select(line => LastWords().Match(line)).LastOrDefault(match => match.Success)?.Groups["reason"].Value;

    [GeneratedRegex(@"LOG:  (?<who>.+) \(PID (?<process>[0-9]+)\) (?<how>exited with exit code .+|was terminated by .+)$")]
    private static partial Regex End();

    [GeneratedRegex("(?:FATAL|PANIC):  (?<reason>.+)$")]
    private static partial Regex LastWords();
}
