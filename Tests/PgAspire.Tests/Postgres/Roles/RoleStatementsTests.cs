using PgAspire.Postgres.Roles;

namespace PgAspire.Tests.Postgres.Roles;

public sealed class RoleStatementsTests
{
    private static readonly IReadOnlyList<string> Statements = RoleStatements.For(role => $"verifier of {role}", "shop");

    [Fact]
    public void NothingIsLoggedBeforeTheFirstVerifier() => Assert.All(
        ["SET log_min_error_statement = panic", "SET log_min_duration_statement = -1", "SET log_statement = none"],
        silence => Assert.InRange(Statements.ToList().IndexOf(silence), 0, Statements.ToList().FindIndex(sql => sql.Contains("verifier", StringComparison.Ordinal)) - 1));

    [Fact]
    public void TheFourRolesGetTheirPasswordsAndRights() => Assert.Equal(
        [
            "ALTER ROLE postgres PASSWORD 'verifier of postgres'",
            "CREATE ROLE app NOLOGIN PASSWORD 'verifier of app'",
            "CREATE ROLE replicator LOGIN REPLICATION PASSWORD 'verifier of replicator'",
            "CREATE ROLE monitor LOGIN PASSWORD 'verifier of monitor' IN ROLE pg_monitor",
        ],
        Statements.Where(sql => sql.Contains("verifier", StringComparison.Ordinal)));

    [Fact]
    public void TheDatabaseIsTheApplicationsAndMadeLast() => Assert.Equal("CREATE DATABASE \"shop\" OWNER app", Statements[^1]);

    [Fact]
    public void TheApplicationIsAdmittedByAStatementOfItsOwn() => Assert.Equal("ALTER ROLE app LOGIN", RoleStatements.AdmitApplication);

    [Fact]
    public void TheReplicatorMayRewind() => Assert.Equal(
        [
            "GRANT EXECUTE ON FUNCTION pg_catalog.pg_ls_dir(text, boolean, boolean) TO replicator",
            "GRANT EXECUTE ON FUNCTION pg_catalog.pg_read_binary_file(text) TO replicator",
            "GRANT EXECUTE ON FUNCTION pg_catalog.pg_read_binary_file(text, bigint, bigint, boolean) TO replicator",
            "GRANT EXECUTE ON FUNCTION pg_catalog.pg_stat_file(text, boolean) TO replicator",
        ],
        Statements.Where(sql => sql.StartsWith("GRANT", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
}
