using Microsoft.AspNetCore.Http.HttpResults;
using PgAspire.Monitor.Pages;

namespace PgAspire.Monitor.Runbook;

/// <summary>The runbook over HTTP.</summary>
internal static class RunbookEndpoints
{
    /// <summary>Where people find it.</summary>
    public const string Path = "/runbook";

    /// <summary>Where the alerts' links lead that begin with the monitor's address: the file's place in the repository.</summary>
    private const string FilePath = "/docs/runbook.md";

    /// <summary>Maps the page.</summary>
    public static void MapRunbook(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(Path, Page);
        routes.MapGet(FilePath, Page);
    }

    private static ContentHttpResult Page() => TypedResults.Content(RunbookPage.Html, HtmlPage.Type);
}
