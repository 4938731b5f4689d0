using System.Globalization;
using System.Text.RegularExpressions;
using PgAspire.Postgres.Control;
using PgAspire.Postgres.Initialization;

namespace PgAspire.Postgres.Containers;

/// <summary>What the entrypoint of an instance's container writes, read back.</summary>
public static partial class ContainerLog
{
    /// <summary>Why a container ended by itself, or null where its log does not say.</summary>
    /// <param name="lines">Its log, with or without time stamps before each line.</param>
    public static string? FailureIn(IReadOnlyList<string> lines)
    {
        var failed = lines.Select(line => FailedScript().Match(line)).LastOrDefault(match => match.Success);
        if (failed is not null)
        {
            var script = failed.Groups["script"].Value;
            var marker = $"pgaspire [{script}] ";
            var said = lines
                .Select(line => (line, start: line.IndexOf(marker, StringComparison.Ordinal)))
                .Where(found => found.start >= 0)
                .Select(found => found.line[(found.start + marker.Length)..]);
            var exitCode = int.Parse(failed.Groups["code"].ValueSpan, CultureInfo.InvariantCulture);
            return InitScriptFailure.Parse(script, string.Join('\n', said), exitCode).ToString();
        }

        return lines.Select(line => Refusal().Match(line)).LastOrDefault(match => match.Success)?.Groups["reason"].Value
            ?? ServerEnd.LastWordsIn(lines);
    }

    [GeneratedRegex("pgaspire: init script (?<script>.+) failed with exit code (?<code>[0-9]+)$")]
    private static partial Regex FailedScript();

    [GeneratedRegex("pgaspire: refused: (?<reason>.+)$")]
    private static partial Regex Refusal();
}
