using PgAspire.Postgres.Diagnostics.Statements;

namespace PgAspire.Postgres.Diagnostics.Running;

/// <summary>Running statements and open transactions.</summary>
/// <remarks>
/// A session's isolation level is nowhere to be read by another one. What can be told: it holds SIRead locks, so it is serializable; else
/// what its role and database give it by default, which BEGIN may have overridden. That a session keeps a snapshot while idle in its
/// transaction tells nothing: at repeatable read it does, and at read committed drivers' last portal does.
/// </remarks>
internal static class Running
{
    private const double IdleSeconds = 60;
    private const double LongSeconds = 300;
    private const double VeryLongSeconds = 3600;

    public static Diagnostic Diagnostic { get; } = new("running", "Running statements and open transactions, the oldest first, with what can be told of their isolation level")
    {
        Aliases = ["long-running-queries", "transactions"],
        Columns =
        [
            new("pid"), new("database"), new("user"), StatementTags.ApplicationColumn, new("client"), new("state"),
            new("transaction_seconds", Unit.Seconds), new("statement_seconds", Unit.Seconds), new("waits_for"), new("isolation"),
            new("holds_back", Unit.Count), new("statement", Unit.Statement), .. StatementTags.RequestColumns,
        ],
        Sql = _ => Sql,
        Judge = Diagnostic.Each(Judge),
    };

    private static string Sql =>
        $"""
        SELECT a.pid::text AS pid, a.datname::text AS database, a.usename::text AS "user", a.application_name AS application, host(a.client_addr) AS client, a.state,
            {SqlParts.SecondsSince("a.xact_start")} AS transaction_seconds,
            CASE WHEN a.state = 'active' THEN {SqlParts.SecondsSince("a.query_start")} END AS statement_seconds,
            CASE WHEN a.state = 'active' THEN a.wait_event_type || ' ' || a.wait_event END AS waits_for,
            CASE
                WHEN EXISTS (SELECT FROM pg_locks l WHERE l.pid = a.pid AND l.mode = 'SIReadLock') THEN 'serializable'
                ELSE coalesce({Isolation.DefaultOf}, current_setting('default_transaction_isolation')) || ' by default'
            END AS isolation,
            age(a.backend_xmin)::bigint AS holds_back,
            a.query AS statement
        FROM pg_stat_activity a
        WHERE a.backend_type = 'client backend' AND a.pid <> pg_backend_pid() AND (a.state <> 'idle' OR a.xact_start IS NOT NULL)
        ORDER BY a.xact_start NULLS LAST
        LIMIT 200
        """;

    internal static Finding? Judge(Row row)
    {
        var seconds = row.Number("transaction_seconds");
        var isIdle = row.Text("state").StartsWith("idle in transaction", StringComparison.Ordinal);
        if (seconds < (isIdle ? IdleSeconds : LongSeconds))
        {
            return null;
        }

        var who = $"{row.Text("user")} of {Application(row)}, process {row.Text("pid")}";
        return new(
            seconds >= VeryLongSeconds ? Severity.Critical : Severity.Warning,
            who,
            $"has had a transaction open for {Readable.Seconds(seconds)}{(isIdle ? " and does nothing in it" : "")}{StatementTags.IssuedBy(row)}: its locks stay, and VACUUM cannot remove rows that it might still see",
            isIdle ? "commit earlier in the application; a timeout ends such transactions by themselves" : "end the statement, or the session where that does not help",
            isIdle
                ? [$"SELECT pg_terminate_backend({row.Text("pid")})", $"ALTER ROLE {Quote.Name(row.Text("user"))} SET idle_in_transaction_session_timeout = '5min'"]
                : [$"SELECT pg_cancel_backend({row.Text("pid")})", $"SELECT pg_terminate_backend({row.Text("pid")})"]);
    }

    internal static string Application(Row row) => row.Text("application") is { Length: > 0 } name ? name : "an application without a name";
}
