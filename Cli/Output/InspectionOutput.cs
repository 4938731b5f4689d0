using PgAspire.Postgres.Diagnostics;
using Spectre.Console;

namespace PgAspire.Cli.Output;

/// <summary>What <c>inspect</c> shows.</summary>
internal static class InspectionOutput
{
    private static readonly Dictionary<Severity, string> Colours = new() { [Severity.Info] = "grey", [Severity.Warning] = "yellow", [Severity.Critical] = "red" };

    public static void WriteList(IEnumerable<Diagnostic> diagnostics)
    {
        var table = Table(["diagnostic", "also called", "shows"]);
        foreach (var diagnostic in diagnostics)
        {
            table.AddRow(diagnostic.Name, string.Join(", ", diagnostic.Aliases), Markup.Escape(diagnostic.Description));
        }

        Show(table);
        Console.WriteLine("pgaspire inspect <diagnostic> [cluster|instance] [--json]; pgaspire inspect all says what any of them found.");
    }

    /// <summary>One diagnostic: the rows of all instances, then what there is to say.</summary>
    public static void Write(DiagnosticReport report)
    {
        // A column in which no row has anything only makes the others narrow.
        var columns = report.Diagnostic.Columns.Where(column => report.Instances.Any(instance => instance.Rows.Any(row => row[column.Name] is not null))).ToList();
        if (columns.Count > 0)
        {
            var table = Table(columns.Select(column => column.Name.Replace('_', ' ')).Prepend("instance"));
            foreach (var (instance, row) in report.Instances.SelectMany(instance => instance.Rows.Select(row => (instance.Instance, row))))
            {
                table.AddRow([instance, .. columns.Select(column => Markup.Escape(Readable.Cut(Readable.Value(row[column.Name], column.Unit))))]);
            }

            Show(table);
        }
        else if (report.Instances.Any(instance => instance.Failure is null && instance.Skipped is null))
        {
            Console.WriteLine("Nothing to show.");
        }

        WriteFindings(report.Findings.Select(placed => (Name: (string?)null, Placed: placed)));
        foreach (var skipped in report.Instances.Where(instance => instance.Skipped is not null).GroupBy(instance => instance.Skipped))
        {
            Console.WriteLine($"{string.Join(", ", skipped.Select(instance => instance.Instance))}: not asked: {skipped.Key}");
        }

        WriteFailures([report]);
    }

    /// <summary>All diagnostics: what there is to say, the worst first.</summary>
    public static void WriteHealth(IReadOnlyCollection<DiagnosticReport> reports)
    {
        var findings = reports.SelectMany(report => report.Findings.Select(placed => (Name: (string?)report.Diagnostic.Name, Placed: placed)))
            .OrderByDescending(entry => entry.Placed.Finding.Severity).ToList();
        WriteFindings(findings);
        WriteFailures(reports);
        var instances = reports.SelectMany(report => report.Instances).Select(instance => instance.Instance).Distinct().Count();
        int Number(Severity severity) => findings.Count(entry => entry.Placed.Finding.Severity == severity);
        Console.WriteLine($"{reports.Count} diagnostics on {instances} instances: {Number(Severity.Critical)} critical, {Number(Severity.Warning)} warnings, {Number(Severity.Info)} notes.");
    }

    /// <summary>The same finding on several instances is shown once.</summary>
    private static void WriteFindings(IEnumerable<(string? Name, PlacedFinding Placed)> findings)
    {
        var groups = findings.GroupBy(entry => (entry.Name, entry.Placed.Finding.Severity, entry.Placed.Finding.Subject, entry.Placed.Finding.Meaning, entry.Placed.Finding.Advice));
        foreach (var group in groups)
        {
            var finding = group.First().Placed.Finding;
            var places = string.Join(", ", group.Select(entry => entry.Placed.Instance ?? entry.Placed.Cluster).OfType<string>().Distinct());
            var severity = finding.Severity.ToString().ToLowerInvariant();
            AnsiConsole.Markup($"[{Colours[finding.Severity]}]{severity,-8}[/] ");
            Console.WriteLine(string.Join("  ", new[] { places, group.Key.Name is null ? "" : $"[{group.Key.Name}]", $"{Readable.Cut(finding.Subject)}: {finding.Meaning}." }.Where(part => part.Length > 0)));
            Console.WriteLine($"         To do: {finding.Advice}.");
            foreach (var step in group.SelectMany(entry => entry.Placed.Finding.Steps).Distinct())
            {
                Console.WriteLine($"           {step}");
            }
        }
    }

    private static void WriteFailures(IEnumerable<DiagnosticReport> reports)
    {
        foreach (var failed in reports.SelectMany(report => report.Instances.Where(instance => instance.Failure is not null)
            .Select(instance => (Place: instance.Server is null ? instance.Instance : $"{instance.Instance} [{report.Diagnostic.Name}]", instance.Failure))).Distinct())
        {
            Console.WriteLine($"{failed.Place} did not answer: {failed.Failure}");
        }
    }

    private static Table Table(IEnumerable<string> headings)
    {
        var table = new Table().Border(TableBorder.Rounded);
        foreach (var heading in headings)
        {
            table.AddColumn(new TableColumn(heading).NoWrap());
        }

        return table;
    }

    private static void Show(Table table)
    {
        if (Console.IsOutputRedirected)
        {
            AnsiConsole.Profile.Width = 10_000; // A file or a pipe has lines of any length.
        }

        AnsiConsole.Write(table);
    }
}
