namespace PgAspire.Postgres.Roles;

/// <summary>
/// The SQL that gives a data directory which others made, or made with other passwords, the roles, passwords and database
/// that are declared.
/// </summary>
public static class RepairStatements
{
    private const string Local = "SET synchronous_commit = local;\n";

    /// <summary>A psql script for the superuser in database <c>postgres</c>; it only adds what is missing and sets passwords.</summary>
    /// <param name="verifiers">The password verifier (<see cref="ScramVerifier"/>) by role.</param>
    /// <param name="database">The application database.</param>
    /// <remarks>Its commits wait for no replica: none can log in before the passwords are right.</remarks>
    public static string For(Func<string, string> verifiers, string database) => string.Concat(
        RoleNames.All.Where(role => role != RoleNames.Superuser).Select(Create)
            .Prepend($"SET log_min_error_statement = panic;\nSET log_min_duration_statement = -1;\nSET log_statement = none;\nSET pg_stat_statements.track = none;\n{Local}")
            .Concat(RoleNames.All.Select(role => $"ALTER ROLE {role} LOGIN PASSWORD '{verifiers(role)}';\n"))
            .Append($"ALTER ROLE {RoleNames.Replicator} REPLICATION;\n")
            .Append($"GRANT pg_monitor TO {RoleNames.Monitor};\n")
            .Append(
                $"SELECT 'CREATE DATABASE \"{database}\" OWNER {RoleNames.Application}' " +
                $"WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '{database}') \\gexec\n")
            .Append($"{MonitorRights.Sql};\n\\connect {database}\n{Local}{MonitorRights.Sql};\n"));

    private static string Create(string role) =>
        $"SELECT 'CREATE ROLE {role}' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') \\gexec\n";
}
