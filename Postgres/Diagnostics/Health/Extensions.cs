namespace PgAspire.Postgres.Diagnostics.Health;

/// <summary>Extensions that are older than what is installed.</summary>
internal static class Extensions
{
    public static Diagnostic Diagnostic { get; } = new("extensions", "Extensions of the application database, and newer versions that are installed")
    {
        IsOfPrimary = true,
        Columns = [new("extension"), new("schema"), new("version"), new("installed_version"), new("outdated", Unit.Flag)],
        Sql = _ =>
            """
            SELECT e.extname::text AS extension, n.nspname::text AS schema, e.extversion AS version, a.default_version AS installed_version,
                coalesce(e.extversion <> a.default_version, true) AS outdated
            FROM pg_extension e
            JOIN pg_namespace n ON n.oid = e.extnamespace
            LEFT JOIN pg_available_extensions a ON a.name = e.extname
            ORDER BY e.extname
            """,
        Judge = Diagnostic.Each(Judge),
    };

    internal static Finding? Judge(Row row) => row switch
    {
        _ when !row.Is("outdated") => null,
        _ when row["installed_version"] is null => new(
            Severity.Warning, row.Text("extension"), "its files are not installed on this server: a dump cannot be restored here, and its functions may fail", "install its package, or drop it",
            $"DROP EXTENSION {Quote.Name(row.Text("extension"))}"),
        _ => new(
            Severity.Info, row.Text("extension"), $"is at {row.Text("version")}, and {row.Text("installed_version")} is installed: an upgrade of the server leaves extensions as they were", "update it",
            $"ALTER EXTENSION {Quote.Name(row.Text("extension"))} UPDATE"),
    };
}
