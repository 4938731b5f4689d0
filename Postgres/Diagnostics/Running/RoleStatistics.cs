namespace PgAspire.Postgres.Diagnostics.Running;

/// <summary>Roles: their connections, limits and settings.</summary>
internal static class RoleStatistics
{
    private const double Many = 0.8;

    public static Diagnostic Diagnostic { get; } = new("role-stats", "Roles that may log in: connections, limits, rights, settings of their own")
    {
        Aliases = ["role-connections", "role-configs"],
        Columns =
        [
            new("user"), new("connections", Unit.Count), new("connection_limit", Unit.Count), new("superuser", Unit.Flag), new("replication", Unit.Flag),
            new("createrole", Unit.Flag), new("bypasses_rls", Unit.Flag), new("valid_until", Unit.Time), new("settings"),
        ],
        // The value of a setting that is no server's own may be anything, a key too.
        Sql = _ =>
            """
            SELECT r.rolname::text AS "user", (SELECT count(*) FROM pg_stat_activity a WHERE a.usesysid = r.oid) AS connections,
                nullif(r.rolconnlimit, -1)::bigint AS connection_limit, r.rolsuper AS superuser, r.rolreplication AS replication, r.rolcreaterole AS createrole,
                r.rolbypassrls AS bypasses_rls, nullif(r.rolvaliduntil, 'infinity') AS valid_until,
                (SELECT array_agg(CASE WHEN split_part(c.setting, '=', 1) LIKE '%.%' THEN split_part(c.setting, '=', 1) || '=…' ELSE c.setting END
                        || coalesce(' in ' || d.datname, '') ORDER BY c.setting)
                    FROM pg_db_role_setting s CROSS JOIN unnest(s.setconfig) AS c(setting) LEFT JOIN pg_database d ON d.oid = s.setdatabase
                    WHERE s.setrole = r.oid) AS settings
            FROM pg_roles r
            WHERE r.rolcanlogin
            ORDER BY connections DESC, r.rolname
            """,
        Judge = Diagnostic.Each(Judge),
    };

    internal static Finding? Judge(Row row) => row switch
    {
        _ when row.Is("superuser") && row.Text("user") != Roles.RoleNames.Superuser => new(
            Severity.Warning, row.Text("user"), "is a superuser: whoever has its password has all data and the server's account",
            "give it the rights that it needs instead", $"ALTER ROLE {Quote.Name(row.Text("user"))} NOSUPERUSER"),
        _ when row.Whole("connection_limit") > 0 && row.Number("connections") >= Many * row.Number("connection_limit") => new(
            Severity.Warning, row.Text("user"), $"has {Readable.Count(row.Number("connections"))} of the {Readable.Count(row.Number("connection_limit"))} connections that it may have",
            "make the application's pool smaller, or raise the limit", $"ALTER ROLE {Quote.Name(row.Text("user"))} CONNECTION LIMIT {row.Whole("connection_limit") * 2}"),
        _ => null,
    };
}
