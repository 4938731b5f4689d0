namespace PgAspire.Postgres.Roles;

/// <summary>The SQL that makes a new cluster's roles and its application database.</summary>
public static class RoleStatements
{
    /// <summary>
    /// The last statement of a cluster's making, after the init scripts: until then the application cannot log in, so that
    /// it never sees a half-made database.
    /// </summary>
    public const string AdmitApplication = $"ALTER ROLE {RoleNames.Application} LOGIN";

    /// <summary>Statements for the superuser in database <c>postgres</c>, each to be run outside a transaction, in this order.</summary>
    /// <param name="verifiers">The password verifier (<see cref="ScramVerifier"/>) by role.</param>
    /// <param name="database">The application database.</param>
    public static IReadOnlyList<string> For(Func<string, string> verifiers, string database) =>
    [
        // The statements would otherwise get, verifier and all, into the server's log by an error, and into its statistics.
        "SET log_min_error_statement = panic",
        "SET log_min_duration_statement = -1",
        "SET log_statement = none",
        "SET pg_stat_statements.track = none",
        $"ALTER ROLE {RoleNames.Superuser} PASSWORD '{verifiers(RoleNames.Superuser)}'",
        $"CREATE ROLE {RoleNames.Application} NOLOGIN PASSWORD '{verifiers(RoleNames.Application)}'",
        $"CREATE ROLE {RoleNames.Replicator} LOGIN REPLICATION PASSWORD '{verifiers(RoleNames.Replicator)}'",
        $"CREATE ROLE {RoleNames.Monitor} LOGIN PASSWORD '{verifiers(RoleNames.Monitor)}' IN ROLE pg_monitor",
        .. RewindGrants,
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC", // PostgreSQL 14 begins with it given.
        $"CREATE DATABASE \"{database}\" OWNER {RoleNames.Application}",
    ];

    /// <summary>What <c>pg_rewind</c> needs of its source as a role that is no superuser.</summary>
    /// <remarks>From the notes of <see href="https://www.postgresql.org/docs/current/app-pgrewind.html">pg_rewind</see>.</remarks>
    private static IEnumerable<string> RewindGrants =>
        RewindFunctions.Select(function => $"GRANT EXECUTE ON FUNCTION pg_catalog.{function} TO {RoleNames.Replicator}");

    private static readonly string[] RewindFunctions =
    [
        "pg_ls_dir(text, boolean, boolean)",
        "pg_stat_file(text, boolean)",
        "pg_read_binary_file(text)",
        "pg_read_binary_file(text, bigint, bigint, boolean)",
    ];
}
