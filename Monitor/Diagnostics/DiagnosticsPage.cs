using System.Text;
using PgAspire.Monitor.Runbook;
using PgAspire.Postgres.Diagnostics;
using static PgAspire.Monitor.Pages.HtmlPage;

namespace PgAspire.Monitor.Diagnostics;

/// <summary>The diagnostics as pages.</summary>
internal static class DiagnosticsPage
{
    /// <summary>The list of diagnostics, each a link.</summary>
    public static string List(IEnumerable<Diagnostic> diagnostics)
    {
        var page = Begin("Diagnostics");
        page.Append("<p><a href=\"/diagnostics/all.html\">all</a>: what any of them has found. As JSON: <a href=\"/diagnostics\">/diagnostics</a>, ")
            .Append("<a href=\"/diagnostics/all\">/diagnostics/all</a>. Metrics: <a href=\"/metrics\">/metrics</a>. ")
            .Append($"What to do about an alert: <a href=\"{RunbookEndpoints.Path}\">runbook</a>.</p><table>");
        foreach (var diagnostic in diagnostics)
        {
            page.Append($"<tr><td><a href=\"/diagnostics/{Encode(diagnostic.Name)}.html\">{Encode(diagnostic.Name)}</a></td><td>{Encode(diagnostic.Description)}</td></tr>");
        }

        return End(page.Append("</table>"));
    }

    /// <summary>One diagnostic: findings, then rows.</summary>
    /// <param name="of">The instance or the cluster that was asked for; null for all.</param>
    public static string Report(DiagnosticReport report, string? of)
    {
        var page = Begin(Title(report.Diagnostic.Name, of));
        page.Append($"<p>{Encode(report.Diagnostic.Description)}. <a href=\"/diagnostics/{Encode(report.Diagnostic.Name)}{Query(of)}\">JSON</a>, <a href=\"/\">all diagnostics</a></p>");
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
    /// <param name="of">The instance or the cluster that was asked for; null for all.</param>
    public static string Health(IReadOnlyCollection<DiagnosticReport> reports, string? of)
    {
        var page = Begin(Title("Findings", of));
        page.Append("<p><a href=\"/\">all diagnostics</a></p>");
        var findings = reports.SelectMany(report => report.Findings.Select(placed => (report.Diagnostic.Name, Placed: placed))).OrderByDescending(entry => entry.Placed.Finding.Severity).ToList();
        foreach (var (name, placed) in findings)
        {
            Append(page, placed, $"<a href=\"/diagnostics/{Encode(name)}.html{Query(of)}\">{Encode(name)}</a>");
        }

        if (findings.Count == 0)
        {
            page.Append("<p>Nothing was found.</p>");
        }

        AppendReasons(page, reports);
        return End(page);
    }

    private static void Append(StringBuilder page, PlacedFinding placed, string link = "")
    {
        var finding = placed.Finding;
        var severity = finding.Severity.ToString().ToLowerInvariant();
        page.Append($"<p><b class=\"{severity}\">{severity}</b> {Encode(placed.Instance ?? placed.Cluster ?? "")} {link} <b>{Encode(Readable.Cut(finding.Subject))}</b>: {Encode(finding.Meaning)}.<br>To do: {Encode(finding.Advice)}.</p>");
        if (finding.Steps.Any())
        {
            page.Append($"<pre>{Encode(string.Join("\n", finding.Steps))}</pre>");
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

    private static string Title(string what, string? of) => of is null ? what : $"{what}: {of}";

    private static string Query(string? of) => of is null ? "" : $"?instance={Uri.EscapeDataString(of)}";
}
