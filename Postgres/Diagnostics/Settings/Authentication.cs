namespace PgAspire.Postgres.Diagnostics.Settings;

/// <summary>The rules of pg_hba.conf.</summary>
internal static class Authentication
{
    public static Diagnostic Diagnostic { get; } = new("authentication", "The rules of pg_hba.conf: who gets in from where, and how they prove who they are")
    {
        Columns = [new("line", Unit.Count), new("type"), new("databases"), new("users"), new("address"), new("method"), new("error")],
        Obstacle = server => server.CanReadAuthentication ? null : "pg_hba_file_rules is closed to the role monitor (GRANT SELECT ON pg_hba_file_rules, GRANT EXECUTE ON FUNCTION pg_hba_file_rules())",
        // A word that is out of its place may be a password, of LDAP for example.
        Sql = _ =>
            """
            SELECT line_number AS line, type, database AS databases, user_name AS users,
                CASE WHEN netmask IN ('255.255.255.255', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff') THEN address ELSE concat_ws('/', address, netmask) END AS address,
                auth_method AS method,
                regexp_replace(error, '(not in name=value format):.*', '\1') AS error
            FROM pg_hba_file_rules
            ORDER BY line_number
            """,
        Judge = Diagnostic.Each(Judge),
    };

    private const string FindFile = "SHOW hba_file";
    private const string Reload = "SELECT pg_reload_conf() -- after the change of the file";

    internal static Finding? Judge(Row row)
    {
        var subject = $"pg_hba.conf, line {row.Whole("line")}";
        var whom = $"{string.Join(", ", row.Texts("users"))} to {string.Join(", ", row.Texts("databases"))} from {(row.Text("address") is { Length: > 0 } address ? address : "this machine")}";
        return row switch
        {
            _ when row["error"] is not null => new(Severity.Critical, subject, $"cannot be read: {row.Text("error")}; the rules before the change go on until the next start, which fails", "mend the line",
                "SELECT line_number, error FROM pg_hba_file_rules WHERE error IS NOT NULL", FindFile, Reload),
            _ when row.Text("method") == "trust" => new(
                row.Text("type") == "local" ? Severity.Warning : Severity.Critical, subject, $"lets {whom} in without a password", "scram-sha-256", FindFile, Reload),
            _ when row.Text("method") is "password" or "md5" => new(
                Severity.Warning, subject, $"takes {(row.Text("method") == "md5" ? "MD5 hashes" : "passwords in plain text")} of {whom}", "scram-sha-256",
                "SELECT rolname FROM pg_authid WHERE rolpassword LIKE 'md5%' -- each needs its password set anew", FindFile, Reload),
            _ => null,
        };
    }
}
