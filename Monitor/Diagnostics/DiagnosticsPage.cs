using System.Net;
using System.Text;
using PgAspire.Postgres.Diagnostics;

namespace PgAspire.Monitor.Diagnostics;

/// <summary>The diagnostics as plain pages, without a script.</summary>
internal static class DiagnosticsPage
{
    private const string Head =
        """
        <!DOCTYPE html>
        <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
        <style>
        body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem; color: #222; background: #fff }
        table { border-collapse: collapse } td, th { padding: .2rem .7rem; border-bottom: 1px solid #ddd; text-align: left; vertical-align: top }
        pre { background: #f4f4f4; padding: .4rem .7rem; white-space: pre-wrap } .warning { color: #945b00 } .critical { color: #b00020 } .info { color: #555 }
        </style>
        """;

    /// <summary>The list of diagnostics, each a link.</summary>
    public static string List(IEnumerable<Diagnostic> diagnostics)
    {
        var page = Begin("Diagnostics");
        page.Append("<p><a href=\"/diagnostics/all.html\">all</a>: what any of them has found. As JSON: <a href=\"/diagnostics\">/diagnostics</a>, ")
            .Append("<a href=\"/diagnostics/all\">/diagnostics/all</a>. Metrics: <a href=\"/metrics\">/metrics</a>.</p><table>");
        foreach (var diagnostic in diagnostics)
        {
            page.Append($"<tr><td><a href=\"/diagnostics/{Encode(diagnostic.Name)}.html\">{Encode(diagnostic.Name)}</a></td><td>{Encode(diagnostic.Description)}</td></tr>");
        }

        return End(page.Append("</table>"));
    }

    /// <summary>One diagnostic: findings, then rows.</summary>
    public static string Report(DiagnosticReport report)
    {
        var page = Begin(report.Diagnostic.Name);
        page.Append($"<p>{Encode(report.Diagnostic.Description)}. <a href=\"/diagnostics/{Encode(report.Diagnostic.Name)}\">JSON</a>, <a href=\"/\">all diagnostics</a></p>");
        foreach (var placed in report.Findings)
        {
            Append(page, placed);
        }

        page.Append("<table><tr><th>instance</th>");
        foreach (var column in report.Diagnostic.Columns)
        {
            page.Append($"<th>{Encode(column.Name.Replace('_', ' '))}</th>");
        }

        page.Append("</tr>");
        foreach (var (instance, row) in report.Instances.SelectMany(instance => instance.Rows.Select(row => (instance.Instance, row))))
        {
            page.Append($"<tr><td>{Encode(instance)}</td>");
            foreach (var column in report.Diagnostic.Columns)
            {
                page.Append($"<td>{Encode(Readable.Value(row[column.Name], column.Unit))}</td>");
            }

            page.Append("</tr>");
        }

        page.Append("</table>");
        AppendReasons(page, [report]);
        return End(page);
    }

    /// <summary>What any diagnostic has found, the worst first.</summary>
    public static string Health(IReadOnlyCollection<DiagnosticReport> reports)
    {
        var page = Begin("Findings");
        page.Append("<p><a href=\"/\">all diagnostics</a></p>");
        var findings = reports.SelectMany(report => report.Findings.Select(placed => (report.Diagnostic.Name, Placed: placed))).OrderByDescending(entry => entry.Placed.Finding.Severity).ToList();
        foreach (var (name, placed) in findings)
        {
            Append(page, placed, name);
        }

        if (findings.Count == 0)
        {
            page.Append("<p>Nothing was found.</p>");
        }

        AppendReasons(page, reports);
        return End(page);
    }

    private static void Append(StringBuilder page, PlacedFinding placed, string? diagnostic = null)
    {
        var finding = placed.Finding;
        var severity = finding.Severity.ToString().ToLowerInvariant();
        var link = diagnostic is null ? "" : $" <a href=\"/diagnostics/{Encode(diagnostic)}.html\">{Encode(diagnostic)}</a>";
        page.Append($"<p><b class=\"{severity}\">{severity}</b> {Encode(placed.Instance ?? placed.Cluster ?? "")}{link} <b>{Encode(finding.Subject)}</b>: {Encode(finding.Meaning)}.<br>To do: {Encode(finding.Advice)}.</p>");
        if (finding.Sql.Count > 0)
        {
            page.Append($"<pre>{Encode(string.Join("\n", finding.Sql.Select(sql => sql + ";")))}</pre>");
        }
    }

    private static void AppendReasons(StringBuilder page, IEnumerable<DiagnosticReport> reports)
    {
        foreach (var (instance, reason) in reports.SelectMany(report => report.Instances)
            .Where(instance => (instance.Failure ?? instance.Skipped) is not null).Select(instance => (instance.Instance, Reason: instance.Failure ?? instance.Skipped)).Distinct())
        {
            page.Append($"<p>{Encode(instance)}: {Encode(reason!)}</p>");
        }
    }

    private static StringBuilder Begin(string title) => new StringBuilder(Head).Append($"<title>{Encode(title)} · PgAspire</title></head><body><h1>{Encode(title)}</h1>");

    private static string End(StringBuilder page) => page.Append("</body></html>").ToString();

    private static string Encode(string text) => WebUtility.HtmlEncode(text);
}
