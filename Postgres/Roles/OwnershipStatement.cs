namespace PgAspire.Postgres.Roles;

/// <summary>
/// Init scripts run as superuser, as under the official image; afterwards what they made in the application database is
/// handed to the application's role, so that the application can use and migrate it. Then other roles can create nothing in
/// schema <c>public</c> on PostgreSQL 14 either.
/// </summary>
/// <remarks>
/// Left to the superuser: members of extensions, and functions that run with their owner's rights (SECURITY DEFINER), for
/// which the owner was chosen.
/// </remarks>
public static class OwnershipStatement
{
    /// <summary>One statement for the superuser in the application database; running it again changes nothing.</summary>
    public const string Sql = $$"""
        DO $ownership$
        DECLARE
            command text;
        BEGIN
            IF current_setting('server_version_num')::int < 150000 AND to_regnamespace('public') IS NOT NULL THEN
                REVOKE CREATE ON SCHEMA public FROM PUBLIC; -- As in every database since 15, so that readers stay readers.
            END IF;
            FOR command IN
                SELECT format('ALTER SCHEMA %I OWNER TO {{RoleNames.Application}}', nspname)
                FROM pg_namespace n
                WHERE nspowner = 10 AND nspname <> 'information_schema' AND nspname !~ '^pg_'
                  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_namespace'::regclass AND d.objid = n.oid AND d.deptype = 'e')
                UNION ALL
                SELECT format('ALTER %s %I.%I OWNER TO {{RoleNames.Application}}',
                    CASE relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'S' THEN 'SEQUENCE'
                        WHEN 'f' THEN 'FOREIGN TABLE' ELSE 'TABLE' END, n.nspname, c.relname)
                FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE relowner = 10 AND relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
                  AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
                  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.objsubid = 0
                      AND (d.deptype = 'e' OR (relkind = 'S' AND d.deptype IN ('a', 'i')))) -- A column's sequence goes with its table.
                UNION ALL
                SELECT format('ALTER ROUTINE %s OWNER TO {{RoleNames.Application}}', p.oid::regprocedure)
                FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
                WHERE proowner = 10 AND prokind <> 'a' AND NOT prosecdef
                  AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
                  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype IN ('e', 'i'))
                UNION ALL
                SELECT format('ALTER TYPE %I.%I OWNER TO {{RoleNames.Application}}', n.nspname, t.typname)
                FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
                WHERE typowner = 10 AND (typtype IN ('e', 'd') OR (typtype = 'r')
                    OR (typtype = 'c' AND EXISTS (SELECT FROM pg_class c WHERE c.oid = t.typrelid AND c.relkind = 'c')))
                  AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
                  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_type'::regclass AND d.objid = t.oid AND d.deptype IN ('e', 'i'))
            LOOP
                EXECUTE command;
            END LOOP;
        END
        $ownership$
        """;
}
