using Npgsql;
using PgAspire.Monitor;
using PgAspire.Postgres.Diagnostics;
using PgAspire.Postgres.Roles;

namespace PgAspire.Tests.Monitor;

/// <summary>Whatever asks an instance for the monitor can change nothing there: its sessions are read-only, and its role has no right to write.</summary>
[Collection(WatchedTopology.Collection)]
public sealed class RightsTests(WatchedTopology watched) : IAsyncLifetime
{
    public static TheoryData<string> Writes =>
    [
        "INSERT INTO guarded VALUES (2)", "UPDATE guarded SET n = 2", "DELETE FROM guarded", "TRUNCATE guarded", "DROP TABLE guarded",
        "CREATE TABLE written (n int)", "CREATE INDEX ON guarded (n)", "GRANT SELECT ON guarded TO monitor",
    ];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() =>
        await watched.RunAsync("DROP TABLE IF EXISTS guarded; CREATE TABLE guarded AS SELECT 1 AS n; ALTER TABLE guarded OWNER TO app");

    [Fact]
    public async Task TheRoleIsNoSuperuserAndHasNothingButWhatAMonitorNeeds()
    {
        await using var connection = await watched.ConnectAsync(role: RoleNames.Monitor);
        await using var command = new NpgsqlCommand(
            """
            SELECT rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls,
                (SELECT array_agg(granted.rolname::text) FROM pg_auth_members JOIN pg_roles granted ON granted.oid = roleid WHERE member = role.oid),
                (SELECT count(*) FROM pg_shdepend WHERE refclassid = 'pg_authid'::regclass AND refobjid = role.oid AND deptype = 'o')
            FROM pg_roles role WHERE rolname = current_user
            """,
            connection);
        await using var reader = await command.ExecuteReaderAsync(Token);

        Assert.True(await reader.ReadAsync(Token));
        Assert.False(reader.GetBoolean(0));
        Assert.Equal(["pg_monitor"], reader.GetFieldValue<string[]>(1));
        Assert.Equal(0, reader.GetInt64(2));
    }

    [Theory]
    [MemberData(nameof(Writes))]
    public async Task ASessionOfTheMonitorRefusesToWriteAndTheRoleMayNotWhereTheSessionLets(string write)
    {
        await using var source = (await InstanceAsync()).CreateSource(TimeSpan.FromSeconds(10));
        await using var connection = await source.OpenConnectionAsync(Token);

        Assert.Equal(PostgresErrorCodes.ReadOnlySqlTransaction, await RefusalAsync(connection, write));
        await connection.RunAsync("SET default_transaction_read_only = off");
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, await RefusalAsync(connection, write));

        await IsUntouchedAsync();
    }

    [Theory]
    [InlineData("app")]
    [InlineData("postgres")]
    public async Task TheRoleCanMakeNothingInAnyDatabase(string database)
    {
        await using var connection = await watched.ConnectAsync(role: RoleNames.Monitor, database: database);

        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, await RefusalAsync(connection, "CREATE TABLE written (n int)"));
    }

    [Theory]
    [InlineData("ALTER SYSTEM SET work_mem = '8MB'")]
    [InlineData("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'postgres'")]
    [InlineData("SELECT pg_reload_conf()")]
    [InlineData("SELECT n FROM guarded")]
    public async Task TheServerAndOthersSessionsAndRowsAreOutOfReachToo(string statement)
    {
        await using var session = await watched.ConnectAsync();
        await using var source = (await InstanceAsync()).CreateSource(TimeSpan.FromSeconds(10));
        await using var connection = await source.OpenConnectionAsync(Token);

        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, await RefusalAsync(connection, statement));
    }

    [Theory]
    [MemberData(nameof(Writes))]
    public async Task ADiagnosticRefusesToWriteToo(string write)
    {
        var instance = await InstanceAsync();
        var diagnostic = new Diagnostic("write", "Writes") { Columns = [], Sql = _ => Qualified(write) };

        var reports = await Inspection.RunAsync([diagnostic], [new(instance.Cluster, instance.Name, instance.ConnectionString)], Inspection.Patience, Token);

        Assert.Matches("^cannot execute .* in a read-only transaction$", Assert.Single(Assert.Single(reports).Instances).Failure);
        await IsUntouchedAsync();
    }

    public async ValueTask DisposeAsync() => await watched.RunAsync("DROP TABLE guarded");

    private async Task<WatchedInstance> InstanceAsync() => new("pg1", "pg1-1", await watched.ConnectionStringAsync(role: RoleNames.Monitor));

    private static async Task<string> RefusalAsync(NpgsqlConnection connection, string statement) =>
        (await Assert.ThrowsAsync<PostgresException>(() => connection.RunAsync(Qualified(statement)))).SqlState;

    // The monitor's sessions know no schema but PostgreSQL's own.
    private static string Qualified(string statement) => statement
        .Replace("guarded", "public.guarded", StringComparison.Ordinal)
        .Replace("written", "public.written", StringComparison.Ordinal);

    private async Task IsUntouchedAsync()
    {
        await using var connection = await watched.ConnectAsync();
        await using var command = new NpgsqlCommand("SELECT array_agg(n), to_regclass('written') IS NULL FROM guarded", connection);
        await using var reader = await command.ExecuteReaderAsync(Token);
        Assert.True(await reader.ReadAsync(Token));
        Assert.Equal([1], reader.GetFieldValue<int[]>(0));
        Assert.True(reader.GetBoolean(1));
    }
}
