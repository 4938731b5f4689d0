using System.Diagnostics;
using Npgsql;
using PgAspire.Tests.Support;

namespace PgAspire.Tests.Monitor;

[Collection(WatchedTopology.Collection)]
public sealed class DatabaseMetricsTests(WatchedTopology watched)
{
    private const string App = "db_namespace=app";

    [Fact]
    public async Task TransactionsRowsAndBlocksAreCounted()
    {
        await watched.RunAsync("CREATE TABLE counted (id int PRIMARY KEY, filler text)");
        await watched.GrowAsync(
            async () =>
            {
                await watched.RunAsync("INSERT INTO counted SELECT n, repeat('x', 500) FROM generate_series(1, 20000) n");
                await watched.RunAsync("UPDATE counted SET filler = 'y' WHERE id = 1");
                await watched.RunAsync("DELETE FROM counted WHERE id = 2");
                await watched.RunAsync("SELECT filler FROM counted WHERE id = 3");
                await watched.RunAsync("SELECT sum(length(filler)) FROM counted");
                await watched.RunAsync("BEGIN; DELETE FROM counted WHERE id = 4; ROLLBACK");
            },
            ("postgresql_commits_total", [App]), ("postgresql_rollbacks_total", [App]), ("postgresql_tup_inserted_total", [App]),
            ("postgresql_tup_updated_total", [App]), ("postgresql_tup_deleted_total", [App]), ("postgresql_tup_returned_total", [App]),
            ("postgresql_tup_fetched_total", [App]), ("postgresql_blks_hit_total", [App]), ("postgresql_blks_read_total", [App]),
            ("postgresql_block_time_seconds_total", [App, "operation=read"]), ("postgresql_block_time_seconds_total", [App, "operation=write"]),
            ("postgresql_query_execution_time_seconds_total", [App]), ("postgresql_query_calls_total", [App]));
        await watched.RunAsync("CREATE TABLE filled (filler text)");
        await watched.GrowsInTheEndAsync(
            "postgresql_db_size_bytes", () => watched.RunAsync("INSERT INTO filled SELECT repeat('x', 500) FROM generate_series(1, 10000)"), App);
        await watched.RunAsync("DROP TABLE filled");
    }

    [Fact]
    public Task TemporaryFilesAreCounted() => watched.GrowAsync(
        () => watched.RunAsync("SET work_mem = '64kB'; SELECT count(*) FROM (SELECT n FROM generate_series(1, 200000) n ORDER BY random()) s"),
        ("postgresql_temp_files_total", [App]), ("postgresql_temp_io_bytes_total", [App]));

    [Fact]
    public Task SessionsAreCountedAndHowTheyEnd() => watched.GrowAsync(
        async () =>
        {
            await using (var session = await watched.ConnectAsync())
            {
                await session.RunAsync("SELECT pg_sleep(0.2)");
                await session.RunAsync("BEGIN; SELECT 1");
                await watched.SeeAsync("postgresql_transaction_idle_longest_seconds", value => value > 0.2);
                await session.RunAsync("COMMIT");
            }

            await using var killed = await watched.ConnectAsync();
            await watched.RunAsync($"SELECT pg_terminate_backend({killed.ProcessID})");
            await using var fatal = await watched.ConnectAsync();
            await fatal.RunAsync("SET idle_in_transaction_session_timeout = 100; BEGIN; SELECT 1");
            await AbandonAsync();
        },
        ("postgresql_session_count_total", [App]), ("postgresql_session_time_seconds_total", [App, "postgresql_state=active"]),
        ("postgresql_session_time_seconds_total", [App, "postgresql_state=idle in transaction"]), ("postgresql_session_lost_total", [App, "reason=killed"]),
        ("postgresql_session_lost_total", [App, "reason=fatal"]), ("postgresql_session_lost_total", [App, "reason=abandoned"]));

    [Fact]
    public async Task DatabasesAreCountedAndGetOld()
    {
        await watched.GrowsAsync("postgresql_database_count", () => watched.RunAsync("CREATE DATABASE another"));
        await watched.SeeAsync("postgresql_db_size_bytes", value => value > 1_000_000, "db_namespace=another");
        await watched.GrowsAsync("postgresql_database_xid_age", () => watched.RunAsync("SELECT txid_current()"), App);
        await watched.RunAsync("CREATE TABLE shared (id int); INSERT INTO shared VALUES (1)");
        await watched.GrowsAsync("postgresql_database_multixact_age", async () =>
        {
            await using var one = await watched.ConnectAsync();
            await using var other = await watched.ConnectAsync();
            await one.RunAsync("BEGIN; SELECT * FROM shared FOR SHARE");
            await other.RunAsync("BEGIN; SELECT * FROM shared FOR SHARE");
        }, App);
        await watched.RunAsync("DROP DATABASE another");
        await watched.SeeAsync("postgresql_db_size_bytes", value => value is null, "db_namespace=another");
    }

    [Fact]
    public async Task AQueryThatRecoveryCancelsOnAReplicaIsCounted()
    {
        await watched.RunAsync("CREATE TABLE contested (id int)");
        await watched.SeeAsync("postgresql_replication_lag_bytes", value => value == 0, WatchedTopology.Replica);
        await watched.GrowsAsync("postgresql_query_conflicts_total", async () =>
        {
            await using var reader = await watched.ConnectAsync("pg1-2");
            await Until.TrueAsync(
                async () =>
                {
                    await using var command = new NpgsqlCommand("SELECT to_regclass('contested') IS NOT NULL", reader);
                    return await command.ExecuteScalarAsync(TestContext.Current.CancellationToken) is true;
                },
                "the replica has the table");
            await reader.RunAsync("BEGIN; SELECT * FROM contested");
            await watched.RunAsync("DROP TABLE contested");
            await Assert.ThrowsAnyAsync<NpgsqlException>(() => reader.RunAsync("SELECT pg_sleep(100)"));
        }, WatchedTopology.Replica, App, "postgresql_conflict_type=lock");
    }

    [Fact]
    public async Task ADamagedPageIsCounted()
    {
        await watched.RunAsync("CREATE TABLE damaged AS SELECT 1 AS id; CREATE TABLE evicting (filler text)");
        await watched.RunAsync("CHECKPOINT");
        await using var session = await watched.ConnectAsync();
        await using var command = new NpgsqlCommand("SELECT current_setting('data_directory') || '/' || pg_relation_filepath('damaged')", session);
        var file = (string)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
        await watched.RunAsync("INSERT INTO evicting SELECT repeat('x', 1000) FROM generate_series(1, 5000)");
        await using (var stream = File.OpenWrite(file))
        {
            stream.Position = 5000;
            stream.WriteByte(42);
        }

        await watched.GrowsAsync("postgresql_checksum_failures_total", async () =>
        {
            var failure = await Assert.ThrowsAsync<PostgresException>(() => watched.RunAsync("SELECT * FROM damaged"));
            Assert.Equal(PostgresErrorCodes.DataCorrupted, failure.SqlState);
        }, App);
        await watched.RunAsync("DROP TABLE damaged, evicting");
    }

    /// <summary>A client that goes without a word, as Npgsql never does.</summary>
    private async Task AbandonAsync()
    {
        await using var session = await watched.ConnectAsync();
        var start = new ProcessStartInfo("psql", ["-X", "-h", "127.0.0.1", "-p", $"{session.Port}", "-U", "postgres", "app"]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        start.Environment["PGPASSWORD"] = (await watched.TopologyAsync()).Secrets()["pg1"].Superuser;
        using var psql = Process.Start(start)!;
        await psql.StandardInput.WriteLineAsync("SELECT 'connected';");
        await psql.StandardInput.FlushAsync();
        await Until.TrueAsync(async () => (await psql.StandardOutput.ReadLineAsync())?.Contains("connected", StringComparison.Ordinal) == true, "psql is connected");
        psql.Kill();
    }
}
