using System.Net;
using System.Text;

namespace PgAspire.Monitor.Pages;

/// <summary>What the monitor's pages have in common: plain, and without a script.</summary>
internal static class HtmlPage
{
    /// <summary>Their content type.</summary>
    public const string Type = "text/html; charset=utf-8";

    private const string Head =
        """
        <!DOCTYPE html>
        <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
        <style>
        body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem; color: #222; background: #fff }
        table { border-collapse: collapse } td, th { padding: .2rem .7rem; border-bottom: 1px solid #ddd; text-align: left; vertical-align: top }
        pre { background: #f4f4f4; padding: .4rem .7rem; white-space: pre-wrap; max-height: 10rem; overflow: auto } .warning { color: #945b00 } .critical { color: #b00020 } .info { color: #555 }
        :target { background: #fff3c4 }
        </style>
        """;

    /// <summary>A page up to and with its heading.</summary>
    public static StringBuilder Begin(string title) => new StringBuilder(Head).Append($"<title>{Encode(title)} · PgAspire</title></head><body><h1>{Encode(title)}</h1>");

    /// <summary>The whole page.</summary>
    public static string End(StringBuilder page) => page.Append("</body></html>").ToString();

    /// <summary>A text as HTML shows it.</summary>
    public static string Encode(string text) => WebUtility.HtmlEncode(text);
}
