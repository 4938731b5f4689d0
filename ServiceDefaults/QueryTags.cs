using System.Text;

namespace PgAspire.ServiceDefaults;

/// <summary>
/// Who sends a statement, as a comment at its end that the server keeps: in <c>pg_stat_activity</c>, <c>pg_stat_statements</c>,
/// its log, and in the text of the client's span.
/// </summary>
/// <remarks>The format is <see href="https://google.github.io/sqlcommenter/spec/">sqlcommenter</see>, which OpenTelemetry took over.</remarks>
public static class QueryTags
{
    /// <summary>The key of the application's name.</summary>
    public const string Application = "application";

    /// <summary>The key of the route template of the request.</summary>
    public const string Route = "route";

    private const string Open = "/*";
    private const string Close = "*/";

    /// <summary>
    /// The statement with its tags. Tags must come from a small set: each set is a statement of its own to whoever keeps
    /// prepared statements.
    /// </summary>
    /// <param name="sql">The statement, without a semicolon at its end.</param>
    /// <param name="tags">Keys and values.</param>
    public static string Append(string sql, params IReadOnlyCollection<(string Key, string Value)> tags)
    {
        ArgumentNullException.ThrowIfNull(sql);
        ArgumentNullException.ThrowIfNull(tags);

        var comment = new StringBuilder(sql).Append(' ').Append(Open);
        var separator = "";
        foreach (var (key, value) in tags.OrderBy(tag => tag.Key, StringComparer.Ordinal))
        {
            // Escaped, a value holds neither a quote nor the end of a comment.
            comment.Append(separator).Append(Uri.EscapeDataString(key)).Append("='").Append(Uri.EscapeDataString(value).Replace("'", "%27", StringComparison.Ordinal)).Append('\'');
            separator = ",";
        }

        return comment.Append(Close).ToString();
    }
}
