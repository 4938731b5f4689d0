namespace PgAspire.Cli.Aspire;

/// <summary>What an app host's log says of its end.</summary>
internal static class AppHostLog
{
    private const string Unhandled = "Unhandled exception. ";
    private const string Cause = " ---> ";
    private const int Tail = 8;

    /// <summary>Why it ended: the innermost exception's message where one ended it, else the log's last lines.</summary>
    /// <param name="lines">The log.</param>
    public static string ReasonOf(IEnumerable<string> lines)
    {
        var log = lines.ToList();
        var unhandled = log.FindLastIndex(line => line.StartsWith(Unhandled, StringComparison.Ordinal));
        return unhandled < 0
            ? string.Join(Environment.NewLine, log.TakeLast(Tail))
            : MessageOf(log.Skip(unhandled + 1).Where(line => line.StartsWith(Cause, StringComparison.Ordinal)).Select(line => line[Cause.Length..]).LastOrDefault() ?? log[unhandled][Unhandled.Length..]);
    }

    /// <summary>Without the exception's type, which comes before it.</summary>
    private static string MessageOf(string exception) => exception.Split(": ", 2)[^1];
}
