using Markdig;
using Markdig.Extensions.AutoIdentifiers;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;
using PgAspire.Monitor.Pages;

namespace PgAspire.Monitor.Runbook;

/// <summary><c>docs/runbook.md</c> as a page, with an anchor for every alert.</summary>
internal static class RunbookPage
{
    private const string File = "runbook.md";
    private const string Diagnostics = "diagnostics.md";

    /// <summary>The page.</summary>
    public static string Html { get; } = Render();

    private static string Render()
    {
        // The anchors are those that a repository's own page of the file has.
        var pipeline = new MarkdownPipelineBuilder().UsePipeTables().UseAutoIdentifiers(AutoIdentifierOptions.GitHub).DisableHtml().Build();
        var document = Markdown.Parse(Read(), pipeline);
        document.Remove(document.OfType<HeadingBlock>().First(heading => heading.Level == 1)); // The page has one.
        foreach (var link in document.Descendants<LinkInline>().Where(link => !Uri.IsWellFormedUriString(link.Url, UriKind.Absolute)).ToList())
        {
            if (link.Url == Diagnostics)
            {
                link.Url = "/";
                continue;
            }

            // To a file beside this one, which nobody serves.
            link.MoveChildrenAfter(link);
            link.Remove();
        }

        return HtmlPage.End(HtmlPage.Begin("Runbook").Append(document.ToHtml(pipeline)));
    }

    private static string Read()
    {
        using var reader = new StreamReader(typeof(RunbookPage).Assembly.GetManifestResourceStream(File)!);
        return reader.ReadToEnd();
    }
}
