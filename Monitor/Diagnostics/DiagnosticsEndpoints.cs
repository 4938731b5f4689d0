using Microsoft.AspNetCore.Http.HttpResults;
using PgAspire.Monitor.Pages;
using PgAspire.Postgres.Declaration;
using PgAspire.Postgres.Diagnostics;
using PgAspire.Postgres.Diagnostics.Logs;

namespace PgAspire.Monitor.Diagnostics;

/// <summary>The diagnostics over HTTP: the JSON of <c>pgaspire inspect --json</c>, and pages for people.</summary>
internal static class DiagnosticsEndpoints
{
    private const string All = "all";

    /// <summary>Maps <c>/diagnostics</c> and what is below it, and the first page.</summary>
    /// <param name="instances">The instances to ask.</param>
    public static void MapDiagnostics(this IEndpointRouteBuilder routes, IReadOnlyList<WatchedInstance> instances)
    {
        var targets = instances.Select(instance => new InspectionTarget(instance.Cluster, instance.Name, instance.ConnectionString)
        {
            Log = instance.LogFile is { Length: > 0 } file ? token => LogEnd.ReadAsync(file, token)
                : instance.LogCommandFile is { Length: > 0 } command ? token => LogCommand.ReadAsync(command, token) : null,
        }).ToList();
        routes.MapGet("/", () => Page(DiagnosticsPage.List(DiagnosticCatalog.All)));
        routes.MapGet("/diagnostics.html", () => Page(DiagnosticsPage.List(DiagnosticCatalog.All)));
        routes.MapGet("/diagnostics", () => Json(ReportJson.List(DiagnosticCatalog.All)));
        routes.MapGet("/diagnostics/{what}", (string what, string? instance, CancellationToken cancellationToken) => AnswerAsync(
            targets, what, instance, reports => Json(what == All ? ReportJson.Findings(reports) : ReportJson.Of(reports[0])), cancellationToken));
        routes.MapGet("/diagnostics/{what}.html", (string what, string? instance, CancellationToken cancellationToken) => AnswerAsync(
            targets, what, instance, reports => Page(what == All ? DiagnosticsPage.Health(reports, instance) : DiagnosticsPage.Report(reports[0], instance)), cancellationToken));
    }

    private static async Task<Results<ContentHttpResult, ProblemHttpResult>> AnswerAsync(
        List<InspectionTarget> targets, string what, string? instance, Func<IReadOnlyList<DiagnosticReport>, ContentHttpResult> write, CancellationToken cancellationToken)
    {
        var diagnostics = what == All ? DiagnosticCatalog.All : DiagnosticCatalog.Find(what) is { } found ? [found] : [];
        if (diagnostics.Count == 0)
        {
            return NotFound("diagnostic", what, DiagnosticCatalog.Names.Append(All));
        }

        var chosen = targets.Where(target => instance is null || target.Instance == instance || target.Cluster == instance).ToList();
        return chosen.Count == 0 && instance is not null
            ? NotFound("instance or cluster", instance, targets.SelectMany(target => new[] { target.Cluster, target.Instance }))
            : write(await Inspection.RunAsync(diagnostics, chosen, Inspection.Patience, cancellationToken));
    }

    private static ProblemHttpResult NotFound(string kind, string name, IEnumerable<string> known) => TypedResults.Problem(
        $"No {kind} has this name{(NearestName.Of(name, known) is { } nearest ? $": did you mean {nearest}?" : ".")}", statusCode: StatusCodes.Status404NotFound);

    private static ContentHttpResult Json(System.Text.Json.Nodes.JsonObject json) => TypedResults.Content(json.ToJsonString(ReportJson.Options), "application/json");

    private static ContentHttpResult Page(string html) => TypedResults.Content(html, HtmlPage.Type);
}
