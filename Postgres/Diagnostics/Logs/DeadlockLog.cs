using System.Text.RegularExpressions;
using PgAspire.Postgres.Diagnostics.Statements;

namespace PgAspire.Postgres.Diagnostics.Logs;

/// <summary>Finds deadlocks in a server's log: who waited for whom, with which statement.</summary>
internal static partial class DeadlockLog
{
    /// <summary>The sessions of every deadlock in the log, the last deadlock first, each session's statement without its values.</summary>
    public static IEnumerable<DeadlockedSession> Read(string text)
    {
        var deadlocks = new List<List<DeadlockedSession>>();
        LogEntry? error = null;
        foreach (var entry in ServerLog.Read(text))
        {
            if (entry is { Level: "ERROR", Message: "deadlock detected" })
            {
                error = entry;
            }
            else if (error is not null && entry.Level == "DETAIL" && entry.ProcessId == error.ProcessId)
            {
                deadlocks.Add(Sessions(error, entry.Message));
                error = null;
            }
        }

        return deadlocks.AsEnumerable().Reverse().SelectMany(sessions => sessions);
    }

    private static List<DeadlockedSession> Sessions(LogEntry error, string detail)
    {
        var statements = new Dictionary<string, string>();
        foreach (Match match in Statement().Matches(detail))
        {
            statements[match.Groups["process"].Value] = match.Groups["statement"].Value;
        }

        return
        [
            .. Wait().Matches(detail).Select(match => new DeadlockedSession(
                error.Time,
                match.Groups["process"].Value,
                match.Groups["process"].Value == error.ProcessId,
                error.User, error.Database, error.Application,
                $"{match.Groups["mode"].Value} on {match.Groups["object"].Value}",
                match.Groups["blocker"].Value,
                statements.TryGetValue(match.Groups["process"].Value, out var statement) ? StatementText.Normalise(statement) : null,
                StatementTags.Of(statement ?? ""))),
        ];
    }

    [GeneratedRegex(@"^Process (?<process>\d+) waits for (?<mode>\w+) on (?<object>[^;]*); blocked by process (?<blocker>\d+)\.$", RegexOptions.Multiline)]
    private static partial Regex Wait();

    // A statement goes on until the next one's line.
    [GeneratedRegex(@"^Process (?<process>\d+): (?<statement>.*?)(?=\nProcess \d+: |\z)", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Statement();
}

/// <summary>One session of a deadlock.</summary>
/// <param name="Time">When the server saw it, UTC.</param>
/// <param name="ProcessId">The session.</param>
/// <param name="IsVictim">Whether it is the one whose transaction was rolled back.</param>
/// <param name="User">The victim's role.</param>
/// <param name="Database">The database.</param>
/// <param name="Application">The victim's application.</param>
/// <param name="WaitedFor">The lock that it waited for.</param>
/// <param name="BlockedBy">The session that held it.</param>
/// <param name="Statement">What it ran, without values; null where the log does not say.</param>
/// <param name="Tags">What the statement says of who issued it.</param>
internal sealed record DeadlockedSession(
    DateTime Time, string ProcessId, bool IsVictim, string? User, string? Database, string? Application, string WaitedFor, string BlockedBy, string? Statement,
    StatementTags Tags);
