namespace PgAspire.Postgres.Diagnostics.Logs;

/// <summary>One entry of a server's log.</summary>
/// <param name="Time">When, UTC.</param>
/// <param name="ProcessId">The process that wrote it.</param>
/// <param name="User">The session's role; null where it has none.</param>
/// <param name="Database">The session's database; null where it has none.</param>
/// <param name="Application">The session's application; null where it has none.</param>
/// <param name="Level">For example <c>ERROR</c> or <c>DETAIL</c>.</param>
/// <param name="Message">The message, of several lines where it has several. It may hold values: not to be shown as it is.</param>
internal sealed record LogEntry(DateTime Time, string ProcessId, string? User, string? Database, string? Application, string Level, string Message);
