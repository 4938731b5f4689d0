using System.Text.RegularExpressions;

namespace PgAspire.Postgres.Diagnostics.Statements;

/// <summary>What an application says of a statement in a comment: who it is, for which request, in which trace.</summary>
/// <remarks>
/// Of all tags in <see href="https://google.github.io/sqlcommenter/spec/">sqlcommenter</see>'s format, which OpenTelemetry took over, these
/// alone are read: a route is a template, and a trace an id. Any other tag may hold a value of the request.
/// </remarks>
/// <param name="Application">The application.</param>
/// <param name="Route">The route template, or the controller and its action.</param>
/// <param name="Trace">The trace's id.</param>
internal sealed partial record StatementTags(string? Application, string? Route, string? Trace)
{
    private const int LongestValue = 200;

    private static readonly StatementTags None = new(null, null, null);

    /// <summary>The columns of what a row's statement says.</summary>
    public static IReadOnlyList<Column> Columns { get; } = [ApplicationColumn, .. RequestColumns];

    /// <summary>The column of the application, where the query's own value is that of the session.</summary>
    public static Column ApplicationColumn => new("application") { Tag = tags => tags.Application };

    /// <summary>The columns of the request.</summary>
    public static IReadOnlyList<Column> RequestColumns => [new("route") { Tag = tags => tags.Route }, new("trace") { Tag = tags => tags.Trace }];

    /// <summary>The tags of a statement; the last comment counts where several have some.</summary>
    /// <param name="sql">The statement with its comments.</param>
    public static StatementTags Of(string sql)
    {
        var tags = StatementText.Comments(sql).Select(comment => Tags().Match(comment)).LastOrDefault(match => match.Success);
        return tags is null ? None : From(tags);
    }

    /// <summary>Who issued a row's statement, as the end of a sentence; nothing where no tag says for which request.</summary>
    public static string IssuedBy(Row row) => (row.Text("route"), row.Text("application")) switch
    {
        ("", _) => "",
        (var route, "") => $", issued by {route}",
        var (route, application) => $", issued by {route} of {application}",
    };

    private static StatementTags From(Match match)
    {
        var values = new Dictionary<string, string>();
        foreach (var (key, value) in match.Groups["key"].Captures.Zip(match.Groups["value"].Captures))
        {
            // What would move a terminal's cursor or fill a page is nobody's name.
            if (Uri.UnescapeDataString(value.Value) is { Length: > 0 and <= LongestValue } text && !text.Any(char.IsControl))
            {
                values[key.Value] = text;
            }
        }

        var action = string.Join('#', new[] { values.GetValueOrDefault("controller"), values.GetValueOrDefault("action") }.OfType<string>());
        return new(
            values.GetValueOrDefault("application"),
            values.GetValueOrDefault("route") ?? (action.Length > 0 ? action : null),
            TraceParent().Match(values.GetValueOrDefault("traceparent", "")) is { Success: true } trace ? trace.Groups["trace"].Value : null);
    }

    [GeneratedRegex(@"^\s*(?<key>[\w%.-]+)='(?<value>[^'\\]*)'(?:\s*,\s*(?<key>[\w%.-]+)='(?<value>[^'\\]*)')*\s*$", RegexOptions.ExplicitCapture)]
    private static partial Regex Tags();

    /// <remarks>Source: <see href="https://www.w3.org/TR/trace-context/#traceparent-header">Trace Context</see>.</remarks>
    [GeneratedRegex("^[0-9a-f]{2}-(?<trace>[0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$")]
    private static partial Regex TraceParent();
}
