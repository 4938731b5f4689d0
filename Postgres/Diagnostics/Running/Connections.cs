namespace PgAspire.Postgres.Diagnostics.Running;

/// <summary>Connections by application and state.</summary>
internal static class Connections
{
    private const double Many = 0.8;
    private const double TooMany = 0.95;

    public static Diagnostic Diagnostic { get; } = new("connections", "Connections by application and state, and how near their limit is")
    {
        Columns =
        [
            new("database"), new("user"), new("application"), new("state"), new("connections", Unit.Count), new("longest_seconds", Unit.Seconds),
            new("all_connections", Unit.Count), new("most_connections", Unit.Count),
        ],
        Sql = _ =>
            """
            SELECT a.datname::text AS database, a.usename::text AS "user", a.application_name AS application, a.state, count(*) AS connections,
                max(extract(epoch FROM clock_timestamp() - a.state_change))::float8 AS longest_seconds,
                sum(count(*)) OVER ()::bigint AS all_connections,
                current_setting('max_connections')::bigint - current_setting('superuser_reserved_connections')::bigint
                    - coalesce(current_setting('reserved_connections', true)::bigint, 0) AS most_connections
            FROM pg_stat_activity a
            WHERE a.backend_type = 'client backend' AND a.pid <> pg_backend_pid()
            GROUP BY a.datname, a.usename, a.application_name, a.state
            ORDER BY count(*) DESC
            """,
        Judge = (rows, _) => Judge(rows),
    };

    internal static IEnumerable<Finding> Judge(IReadOnlyList<Row> rows)
    {
        if (rows.Count == 0 || rows[0].Number("all_connections") / rows[0].Number("most_connections") is var used && used < Many)
        {
            yield break;
        }

        var greatest = rows[0];
        yield return new(
            used >= TooMany ? Severity.Critical : Severity.Warning,
            "connections",
            $"{Readable.Count(greatest.Number("all_connections"))} of {Readable.Count(greatest.Number("most_connections"))} are taken ({Readable.Ratio(used)}); the next ones are refused. Most are {greatest.Text("state")} and of {Running.Application(greatest)}",
            "make the application's pool smaller (Maximum Pool Size), or put a pooler before the server; raising max_connections costs memory and takes a restart",
            "SELECT pid, usename, application_name, state, state_change FROM pg_stat_activity WHERE state = 'idle' ORDER BY state_change LIMIT 20",
            "ALTER SYSTEM SET max_connections = 200");
    }
}
