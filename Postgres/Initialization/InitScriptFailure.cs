using System.Globalization;
using System.Text.RegularExpressions;

namespace PgAspire.Postgres.Initialization;

/// <summary>Where and why an init script failed.</summary>
/// <param name="Script">File name of the script.</param>
/// <param name="Line">Line, from 1 on; null where nobody said.</param>
/// <param name="Reason">What the server or the shell said.</param>
/// <param name="Within">What the line is of where that is not the script itself: a file that it includes, or <c>&lt;stdin&gt;</c> of a psql that it runs.</param>
public sealed partial record InitScriptFailure(string Script, int? Line, string Reason, string? Within = null)
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
        var said = BashError().Match(reason);
        var place = shell ?? psql ?? (said.Groups["file"].Value == script ? said : null);
        var within = shell is null ? psql?.Groups["file"].Value : null;
        return new(
            script, place is null ? null : int.Parse(place.Groups["line"].ValueSpan, CultureInfo.InvariantCulture), reason,
            within == script || (within == "<stdin>" && !script.EndsWith(".sh", StringComparison.Ordinal)) ? null : within);
    }

    /// <inheritdoc/>
    public override string ToString() => Line is null ? $"init script {Script}: {Reason}" : $"init script {Script}{(Within is null ? "" : $" ({Within})")}, line {Line}: {Reason}";

    [GeneratedRegex(@"^psql:(?<file>.+?):(?<line>\d{1,9}): (?!(?:DEBUG|LOG|INFO|NOTICE|WARNING):)(?<reason>.+)$")]
    private static partial Regex PsqlError();

    /// <summary>What bash itself says of a script, of its syntax above all.</summary>
    [GeneratedRegex(@"^(?:\./)?(?<file>.+?): line (?<line>\d{1,9}): ")]
    private static partial Regex BashError();

    /// <summary>What the trap in <see cref="ShellScript"/> writes.</summary>
    [GeneratedRegex(@"^pgaspire-init-failed:(?<line>\d{1,9})$")]
    private static partial Regex ShellError();
}
