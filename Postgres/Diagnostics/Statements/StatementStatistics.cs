using System.Text.RegularExpressions;

namespace PgAspire.Postgres.Diagnostics.Statements;

/// <summary>pg_stat_statements: what the diagnostics on statements have in common.</summary>
internal static partial class StatementStatistics
{
    /// <summary>The end of their descriptions: what the server keeps of a statement that several requests send.</summary>
    public const string OfFirstCaller = "; application and route are the first caller's";

    public static IReadOnlyList<Column> Columns { get; } =
    [
        new("statement", Unit.Statement), new("calls", Unit.Count), new("mean_ms", Unit.Milliseconds), new("max_ms", Unit.Milliseconds),
        new("total_ms", Unit.Milliseconds), new("share", Unit.Ratio), new("rows", Unit.Count), new("hit_ratio", Unit.Ratio),
        new("io_ms", Unit.Milliseconds), new("temp_bytes", Unit.Bytes), new("database"), new("user"), new("query_id"), .. StatementTags.Columns,
    ];

    /// <summary>The statements first in an order; the monitor's own are left out.</summary>
    public static string Sql(ServerFacts server, string order)
    {
        // 1.11 counts local blocks' times apart, and has renamed those of shared ones.
        var ioTime = server.StatementsVersion >= 111 ? "s.shared_blk_read_time + s.shared_blk_write_time" : "s.blk_read_time + s.blk_write_time";
        return $"""
            SELECT left(s.query, 100000) AS statement, s.calls, s.mean_exec_time AS mean_ms, s.max_exec_time AS max_ms, s.total_exec_time AS total_ms,
                s.total_exec_time / nullif(sum(s.total_exec_time) OVER (), 0) AS share, s.rows,
                s.shared_blks_hit / nullif(s.shared_blks_hit + s.shared_blks_read, 0)::float8 AS hit_ratio, {ioTime} AS io_ms,
                s.temp_blks_written * current_setting('block_size')::bigint AS temp_bytes,
                d.datname::text AS database, r.rolname::text AS "user", s.queryid::text AS query_id
            FROM {server.StatementsSchema}.pg_stat_statements s
            LEFT JOIN pg_database d ON d.oid = s.dbid
            LEFT JOIN pg_roles r ON r.oid = s.userid
            WHERE s.toplevel AND r.rolname IS DISTINCT FROM current_user AND s.calls > 0
            ORDER BY {order} DESC
            LIMIT 20
            """;
    }

    /// <summary>Who issued a row's statement first: later callers of the same statement are counted with it, and leave its text as it is.</summary>
    public static string IssuedBy(Row row) => StatementTags.IssuedBy(row) is { Length: > 0 } issued ? $"{issued} (its first caller)" : "";

    public static string? Obstacle(ServerFacts server) => server switch
    {
        { IsStatementsLoaded: false } => "shared_preload_libraries has no pg_stat_statements",
        { StatementsVersion: null } => $"database {server.Database} has no extension pg_stat_statements (CREATE EXTENSION pg_stat_statements)",
        _ => null,
    };

    /// <summary>The SQL that shows a statement's plan without values; where it has none to show, its counters and what the server keeps of its text.</summary>
    public static IReadOnlyList<string> Examine(Row row, ServerFacts server) =>
        Explain(row.Text("statement"), server) is { Count: > 0 } plan ? plan : [LookUp(row, server)];

    /// <summary>The SQL that shows what the server keeps of a row's statement.</summary>
    public static string LookUp(Row row, ServerFacts server) =>
        "SELECT calls, rows, mean_exec_time, shared_blks_hit, shared_blks_read, temp_blks_written, query "
        + $"FROM {server.StatementsSchema}.pg_stat_statements WHERE queryid {(row.Text("query_id") is { Length: > 0 } id ? $"= {id}" : "IS NULL")}";

    /// <summary>The SQL that shows a statement's plan without values; none where a value or the end is missing, or where it is nothing to plan.</summary>
    internal static IReadOnlyList<string> Explain(string statement, ServerFacts server)
    {
        if (statement.AsSpan().ContainsAny('?', '…') || TypedParameter().IsMatch(statement) || !IsPlannable(statement))
        {
            return [];
        }

        if (server.Major >= 16)
        {
            return [$"EXPLAIN (GENERIC_PLAN) {statement}"];
        }

        var parameters = Enumerable.Range(1, 99).TakeWhile(number => statement.Contains($"${number}", StringComparison.Ordinal)).Select(_ => "NULL").ToList();
        return parameters.Count == 0
            ? [$"EXPLAIN {statement}"]
            : ["SET plan_cache_mode = force_generic_plan", $"PREPARE examined AS {statement}", $"EXPLAIN EXECUTE examined({string.Join(", ", parameters)})", "DEALLOCATE examined"];
    }

    private static bool IsPlannable(string statement) =>
        new[] { "SELECT", "INSERT", "UPDATE", "DELETE", "WITH", "MERGE", "VALUES" }.Any(verb => statement.StartsWith(verb, StringComparison.OrdinalIgnoreCase));

    // date '2026-01-01' is kept as date $1, which is no SQL.
    [GeneratedRegex(@"\b(date|time|timestamp|timestamptz|interval)\s+\$\d", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex TypedParameter();
}
