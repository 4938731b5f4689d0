namespace PgAspire.Postgres.Roles;

/// <summary>
/// What the role <see cref="RoleNames.Monitor"/> needs in a database beyond <c>pg_monitor</c>: statistics of statements, columns' average
/// widths (for estimates of bloat), how far sequences are, and the rules of pg_hba.conf. None of it shows a row or a value of one.
/// </summary>
public static class MonitorRights
{
    private const string Widths = "starelid, staattnum, stainherit, stanullfrac, stawidth";

    /// <summary>
    /// One statement for the superuser in the database, after the init scripts; running it again changes nothing, and on a replica it
    /// does nothing. Where the server has no pg_stat_statements, or the database no schema <c>public</c>, the rest is done.
    /// </summary>
    public const string Sql = $$"""
        DO $monitor$
        DECLARE
            command text;
        BEGIN
            IF pg_is_in_recovery() THEN
                RETURN;
            END IF;
            IF EXISTS (SELECT FROM pg_available_extensions WHERE name = 'pg_stat_statements' AND installed_version IS NULL) AND to_regnamespace('public') IS NOT NULL THEN
                BEGIN
                    CREATE EXTENSION pg_stat_statements SCHEMA public;
                EXCEPTION WHEN unique_violation OR duplicate_object THEN
                    NULL; -- Somebody else does the same at this moment.
                END;
            END IF;
            GRANT SELECT ({{Widths}}) ON pg_catalog.pg_statistic TO {{RoleNames.Monitor}};
            GRANT SELECT ON pg_catalog.pg_hba_file_rules TO {{RoleNames.Monitor}};
            GRANT EXECUTE ON FUNCTION pg_catalog.pg_hba_file_rules() TO {{RoleNames.Monitor}};
            FOR command IN
                SELECT format('GRANT SELECT ON SEQUENCE %I.%I TO {{RoleNames.Monitor}}', n.nspname, c.relname)
                FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE c.relkind = 'S' AND c.relpersistence <> 't' AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
            LOOP
                EXECUTE command;
            END LOOP;
            ALTER DEFAULT PRIVILEGES FOR ROLE {{RoleNames.Application}} GRANT SELECT ON SEQUENCES TO {{RoleNames.Monitor}};
        END
        $monitor$
        """;

    /// <summary>A query that any role may run in a database: whether <see cref="Sql"/> has run there.</summary>
    public const string AreGiven = $"""
        SELECT has_function_privilege('{RoleNames.Monitor}', 'pg_catalog.pg_hba_file_rules()', 'EXECUTE')
            AND has_column_privilege('{RoleNames.Monitor}', 'pg_catalog.pg_statistic', 'stawidth', 'SELECT')
            AND (to_regnamespace('public') IS NULL OR NOT EXISTS (SELECT FROM pg_available_extensions WHERE name = 'pg_stat_statements' AND installed_version IS NULL))
        """;
}
