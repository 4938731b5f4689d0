using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace PgAspire.Postgres.Diagnostics;

/// <summary>Reports as JSON: the same from the command line and from the monitor.</summary>
public static class ReportJson
{
    /// <summary>How it is written: for people too, so that a quote is a quote.</summary>
    public static JsonSerializerOptions Options { get; } = new(JsonSerializerDefaults.Web) { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>All diagnostics: name, aliases, description, columns.</summary>
    public static JsonObject List(IEnumerable<Diagnostic> diagnostics) => new()
    {
        ["diagnostics"] = Array(diagnostics.Select(diagnostic => Header(diagnostic))),
    };

    /// <summary>One report: rows and findings with their cluster, instance and role, and who was not or could not be asked.</summary>
    public static JsonObject Of(DiagnosticReport report)
    {
        var json = Header(report.Diagnostic);
        json["rows"] = Array(report.Instances.SelectMany(instance => instance.Rows.Select(row => Of(instance, row, report.Diagnostic.Columns))));
        json["findings"] = Array(report.Findings.Select(Of));
        json["skipped"] = Array(report.Instances.Where(instance => instance.Skipped is not null).Select(instance => Reason(instance, instance.Skipped)));
        json["unanswered"] = Array(report.Instances.Where(instance => instance.Failure is not null).Select(instance => Reason(instance, instance.Failure)));
        return json;
    }

    /// <summary>A health report: the findings of all, each with its diagnostic's name, and who did not answer.</summary>
    public static JsonObject Findings(IReadOnlyCollection<DiagnosticReport> reports) => new()
    {
        ["findings"] = Array(reports
            .SelectMany(report => report.Findings.Select(placed => (report.Diagnostic.Name, Placed: placed)))
            .OrderByDescending(entry => entry.Placed.Finding.Severity)
            .Select(entry =>
            {
                var json = Of(entry.Placed);
                json.Insert(0, "diagnostic", entry.Name);
                return json;
            })),
        ["unanswered"] = Array(reports.SelectMany(report => report.Instances.Where(instance => instance.Failure is not null).Select(instance =>
        {
            var json = Reason(instance, instance.Failure);
            json.Insert(0, "diagnostic", report.Diagnostic.Name);
            return json;
        }))),
    };

    private static JsonObject Header(Diagnostic diagnostic) => new()
    {
        ["name"] = diagnostic.Name,
        ["description"] = diagnostic.Description,
        ["aliases"] = new JsonArray([.. diagnostic.Aliases.Select(alias => (JsonNode)alias)]),
        ["columns"] = Array(diagnostic.Columns.Select(column => new JsonObject { ["name"] = column.Name, ["unit"] = Lower(column.Unit) })),
    };

    private static JsonObject Of(InstanceReport instance, Row row, IEnumerable<Column> columns)
    {
        var json = new JsonObject { ["cluster"] = instance.Cluster, ["instance"] = instance.Instance, ["role"] = instance.Role };
        foreach (var column in columns)
        {
            json[column.Name] = row[column.Name] switch
            {
                null => null,
                long whole => whole,
                double real => real,
                bool flag => flag,
                DateTime time => time,
                string[] texts => new JsonArray([.. texts.Select(text => (JsonNode)text)]),
                var other => (string)other,
            };
        }

        return json;
    }

    private static JsonObject Of(PlacedFinding placed) => new()
    {
        ["severity"] = Lower(placed.Finding.Severity),
        ["cluster"] = placed.Cluster,
        ["instance"] = placed.Instance,
        ["subject"] = placed.Finding.Subject,
        ["meaning"] = placed.Finding.Meaning,
        ["advice"] = placed.Finding.Advice,
        ["sql"] = new JsonArray([.. placed.Finding.Sql.Select(sql => (JsonNode)sql)]),
        ["commands"] = new JsonArray([.. placed.Finding.Commands.Select(command => (JsonNode)command)]),
    };

    private static JsonObject Reason(InstanceReport instance, string? reason) =>
        new() { ["cluster"] = instance.Cluster, ["instance"] = instance.Instance, ["reason"] = reason };

    private static JsonArray Array(IEnumerable<JsonObject> objects) => new([.. objects]);

    private static string Lower<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();
}
