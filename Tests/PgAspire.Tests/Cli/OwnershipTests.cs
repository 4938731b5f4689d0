using PgAspire.Postgres.Roles;
using PgAspire.Tests.Support;

namespace PgAspire.Tests.Cli;

/// <summary>What init scripts make belongs to the application afterwards, on a real server.</summary>
public sealed class OwnershipTests
{
    private const string Script = """
        CREATE SCHEMA "Odd schema";
        CREATE TABLE "Odd schema"."Odd table" (id bigint GENERATED ALWAYS AS IDENTITY, other serial, "select" text);
        CREATE TABLE parts (day date) PARTITION BY RANGE (day);
        CREATE TABLE parts_2026 PARTITION OF parts FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
        CREATE VIEW seen AS SELECT * FROM parts;
        CREATE MATERIALIZED VIEW kept AS SELECT 1 AS one;
        CREATE SEQUENCE numbers;
        CREATE TYPE mood AS ENUM ('good', 'bad');
        CREATE TYPE pair AS (a int, b int);
        CREATE DOMAIN positive AS int CHECK (VALUE > 0);
        CREATE TYPE span AS RANGE (subtype = float8);
        CREATE FUNCTION plain(a int, b text DEFAULT 'x') RETURNS int LANGUAGE sql AS 'SELECT a';
        CREATE PROCEDURE act() LANGUAGE sql AS '';
        CREATE FUNCTION chosen() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1';
        CREATE EXTENSION pg_trgm;
        """;

    [Fact]
    public async Task EverythingIsTheApplicationsButExtensionsAndWhatRunsWithItsOwnersRights()
    {
        await using var topology = await TestTopology.MakeAsync();
        topology.Write("initdb/1.sql", Script);
        (await topology.UpAsync()).Succeeded();
        const string Superusers = """
            SELECT coalesce(string_agg(name, ', ' ORDER BY name), '') FROM (
                SELECT nspname::text AS name FROM pg_namespace WHERE nspname = 'Odd schema' AND nspowner = 10
                UNION ALL SELECT oid::regclass::text FROM pg_class WHERE relnamespace::regnamespace::text IN ('public', '"Odd schema"') AND relowner = 10 AND relname !~ '^pg_stat_statements'
                UNION ALL SELECT oid::regtype::text FROM pg_type WHERE typnamespace = 'public'::regnamespace AND typowner = 10 AND typname !~ '^_?gtrgm|multirange$|^_?pg_stat_statements'
                UNION ALL SELECT proname::text FROM pg_proc p WHERE pronamespace = 'public'::regnamespace AND proowner = 10
                    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype IN ('e', 'i'))) AS left_over
            """;
        Assert.Equal("chosen", await topology.AskAsync("pg1-1", Superusers, RoleNames.Superuser));
        Assert.Equal("postgres", await topology.AskAsync("pg1-1", "SELECT pg_get_userbyid(proowner)::text FROM pg_proc WHERE proname = 'similarity'", RoleNames.Superuser));

        await topology.AskAsync("pg1-1", OwnershipStatement.Sql, RoleNames.Superuser);
        await topology.AskAsync("pg1-1", """
            ALTER TABLE "Odd schema"."Odd table" DROP COLUMN "select"; DROP TABLE parts CASCADE; REFRESH MATERIALIZED VIEW kept;
            ALTER TYPE mood ADD VALUE 'fair'; DROP TYPE pair; DROP DOMAIN positive; DROP FUNCTION plain; DROP PROCEDURE act; DROP TYPE span
            """);
    }
}
