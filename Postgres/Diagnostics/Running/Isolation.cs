namespace PgAspire.Postgres.Diagnostics.Running;

/// <summary>Which isolation levels are in use.</summary>
internal static class Isolation
{
    /// <summary>The default that the role and the database of session <c>a</c> set; null where none does.</summary>
    public const string DefaultOf =
        """
        (SELECT split_part(e.setting, '=', 2)
         FROM pg_db_role_setting s, unnest(s.setconfig) AS e(setting)
         WHERE e.setting LIKE 'default\_transaction\_isolation=%' AND s.setrole IN (0, a.usesysid) AND s.setdatabase IN (0, a.datid)
         ORDER BY s.setrole = 0, s.setdatabase = 0 LIMIT 1)
        """;

    public static Diagnostic Diagnostic { get; } = new("isolation", "Isolation levels: the defaults of server, databases and roles, and the sessions seen to be serializable")
    {
        Columns = [new("scope"), new("name"), new("isolation"), new("sessions", Unit.Count)],
        Sql = _ =>
            $"""
            SELECT 'server' AS scope, NULL::text AS name, current_setting('default_transaction_isolation') AS isolation, NULL::bigint AS sessions
            UNION ALL
            SELECT CASE WHEN s.setrole = 0 THEN 'database' WHEN s.setdatabase = 0 THEN 'role' ELSE 'role in database' END,
                concat_ws(' in ', r.rolname, d.datname), split_part(e.setting, '=', 2), NULL
            FROM pg_db_role_setting s CROSS JOIN unnest(s.setconfig) AS e(setting)
            LEFT JOIN pg_roles r ON r.oid = s.setrole LEFT JOIN pg_database d ON d.oid = s.setdatabase
            WHERE e.setting LIKE 'default\_transaction\_isolation=%'
            UNION ALL
            SELECT 'sessions that hold SIRead locks', a.application_name, 'serializable', count(DISTINCT a.pid)
            FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
            WHERE l.mode = 'SIReadLock' GROUP BY a.application_name
            """,
        Judge = Diagnostic.Each(Judge),
    };

    internal static Finding? Judge(Row row) => row.Text("scope") == "server" && row.Text("isolation") == "read uncommitted"
        ? new(Severity.Info, "default_transaction_isolation", "is read uncommitted, which PostgreSQL treats as read committed", "say what is meant",
            "ALTER SYSTEM SET default_transaction_isolation = 'read committed'", "SELECT pg_reload_conf()")
        : null;
}
