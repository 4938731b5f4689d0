using System.Globalization;
using System.Text.RegularExpressions;

namespace PgAspire.Postgres.Initialization;

/// <summary>Where and why an init script failed.</summary>
/// <param name="Script">File name of the script.</param>
/// <param name="Line">Line, from 1 on; null where nobody said.</param>
/// <param name="Reason">What the server or the shell said.</param>
public sealed partial record InitScriptFailure(string Script, int? Line, string Reason)
{
    /// <summary>Reads a failure out of what psql or bash wrote to standard error.</summary>
    /// <param name="script">The script that failed.</param>
    /// <param name="standardError">All that was written.</param>
    /// <param name="exitCode">The process's exit code.</param>
    public static InitScriptFailure Parse(string script, string standardError, int exitCode)
    {
        var lines = standardError.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var psql = lines.Select(line => PsqlError().Match(line)).FirstOrDefault(match => match.Success);
        var shell = lines.Select(line => ShellError().Match(line)).LastOrDefault(match => match.Success);
        var reason = psql?.Groups["reason"].Value
            ?? lines.LastOrDefault(line => !ShellError().IsMatch(line))
            ?? $"exit code {exitCode}";
        var place = shell ?? psql;
        return new(script, place is null ? null : int.Parse(place.Groups["line"].ValueSpan, CultureInfo.InvariantCulture), reason);
    }

    /// <inheritdoc/>
    public override string ToString() => Line is null ? $"init script {Script}: {Reason}" : $"init script {Script}, line {Line}: {Reason}";

    [GeneratedRegex(@"^psql:[^:]*:(?<line>\d+): (?<reason>(?:ERROR|FATAL|error):.*)$")]
    private static partial Regex PsqlError();

    /// <summary>What the trap in <see cref="ShellScript"/> writes.</summary>
    [GeneratedRegex(@"^pgaspire-init-failed:(?<line>\d+)$")]
    private static partial Regex ShellError();
}
