using Npgsql;
using PgAspire.Cli.Processes;
using PgAspire.Tests.Support;

namespace PgAspire.Tests.Monitor;

[Collection(WatchedTopology.Collection)]
public sealed class WalMetricsTests(WatchedTopology watched)
{
    [Fact]
    public async Task WritingMovesTheLogAndTheBuffers()
    {
        await watched.RunAsync("CREATE TABLE written (id int, filler text)");
        await watched.GrowAsync(
            async () =>
            {
                await watched.RunAsync("INSERT INTO written SELECT n, repeat('x', 500) FROM generate_series(1, 100000) n");
                await watched.RunAsync("CREATE INDEX ON written (id)");
                await watched.RunAsync("SELECT count(*) FROM written w1 JOIN written w2 USING (id)");
            },
            ("postgresql_wal_position_bytes", []), ("postgresql_wal_position_bytes", [WatchedTopology.Replica]), ("postgresql_wal_bytes_total", []),
            ("postgresql_wal_records_total", []), ("postgresql_wal_fpi_total", []), ("postgresql_wal_buffers_full_total", []),
            ("postgresql_bgwriter_buffers_allocated_total", []), ("postgresql_bgwriter_buffers_writes_total", ["source=backend"]),
            ("postgresql_bgwriter_buffers_writes_total", ["source=bgwriter"]), ("postgresql_bgwriter_maxwritten_total", []));
        foreach (var metric in new[] { "postgresql_wal_size_bytes", "postgresql_wal_files" })
        {
            await watched.GrowsInTheEndAsync(metric, () => watched.RunAsync("INSERT INTO written SELECT n, repeat('x', 500) FROM generate_series(1, 50000) n"));
        }

        await watched.SeeAsync("postgresql_wal_age_seconds", value => value > 0);
        await watched.RunAsync("DROP TABLE written");
    }

    [Fact]
    public async Task CheckpointsAreCountedByTheirCause()
    {
        await watched.RunAsync("CREATE TABLE checked (id int)");
        await watched.GrowAsync(
            async () =>
            {
                await watched.RunAsync("INSERT INTO checked SELECT generate_series(1, 10000)");
                await watched.RunAsync("CHECKPOINT");
                await watched.RunAsync("INSERT INTO checked SELECT generate_series(1, 10000)");
            },
            ("postgresql_bgwriter_checkpoint_count_total", ["type=requested"]), ("postgresql_bgwriter_buffers_writes_total", ["source=checkpoints"]),
            ("postgresql_bgwriter_duration_milliseconds_total", ["type=write"]), ("postgresql_bgwriter_checkpoint_count_total", ["type=scheduled"]));
        await watched.SeeAsync("postgresql_checkpoint_age_seconds", value => value > 2);
        await watched.RunAsync("CHECKPOINT");
        await watched.SeeAsync("postgresql_checkpoint_age_seconds", value => value < 10);
        if (await MajorAsync() >= 17)
        {
            await watched.GrowsAsync("postgresql_bgwriter_restartpoint_count_total", () => watched.RunAsync("CHECKPOINT", "pg1-2"), WatchedTopology.Replica);
        }
    }

    [Fact]
    public async Task WaitingForTheDiskIsCounted()
    {
        await watched.RunAsync("ALTER SYSTEM SET fsync = on");
        await watched.RunAsync("SELECT pg_reload_conf()");
        await watched.GrowsAsync("postgresql_bgwriter_duration_milliseconds_total", () => watched.RunAsync("CREATE TABLE flushed AS SELECT generate_series(1, 1000); CHECKPOINT"), "type=sync");
        await watched.GrowsAsync("postgresql_bgwriter_buffers_writes_total", FlushWithoutTheCheckpointerAsync, "source=backend_fsync");
        await watched.RunAsync("DROP SCHEMA many CASCADE; DROP TABLE flushed");
        await watched.RunAsync("ALTER SYSTEM RESET fsync");
        await watched.RunAsync("SELECT pg_reload_conf()");
    }

    [Fact]
    public async Task ArchivingIsCountedAndItsFailuresToo()
    {
        await watched.GrowsAsync("postgresql_archiver_archived_total", () => watched.RunAsync("SELECT txid_current(); SELECT pg_switch_wal()"));
        await watched.SeeAsync("postgresql_archiver_last_age_seconds", value => value > 1);
        var broken = (await watched.TopologyAsync()).Of(".pgaspire", "data", "pg1-1", "archive.broken");
        await watched.GrowsAsync("postgresql_archiver_failed_total", async () =>
        {
            await File.WriteAllTextAsync(broken, "");
            await watched.RunAsync("SELECT txid_current(); SELECT pg_switch_wal()");
        });
        File.Delete(broken);
    }

    [Fact]
    public async Task InputAndOutputAreCountedWhereTheServerDoes()
    {
        if (await MajorAsync() < 16)
        {
            Assert.DoesNotContain("postgresql_io_operations_total", (await watched.ScrapeAsync()).Names);
            return;
        }

        await watched.RunAsync("CREATE TABLE moved (id int, filler text)");
        string[] labels = ["backend_type=client backend", "object=relation", "context=normal"];
        await watched.GrowAsync(
            () => watched.RunAsync("INSERT INTO moved SELECT n, repeat('x', 500) FROM generate_series(1, 20000) n"),
            ("postgresql_io_operations_total", [.. labels, "operation=extend"]), ("postgresql_io_operations_total", [.. labels, "operation=hit"]),
            ("postgresql_io_bytes_total", [.. labels, "operation=extend"]), ("postgresql_io_bytes_total", [.. labels, "operation=write"]),
            ("postgresql_io_time_seconds_total", [.. labels, "operation=write"]));
        await watched.RunAsync("DROP TABLE moved");
    }

    /// <summary>Writes more files than the checkpointer is told of before it looks: 256, the buffers. A session flushes the next ones itself.</summary>
    private async Task FlushWithoutTheCheckpointerAsync()
    {
        await using var session = await watched.ConnectAsync();
        await using var command = new NpgsqlCommand("SELECT pid FROM pg_stat_activity WHERE backend_type = 'checkpointer'", session);
        var checkpointer = (int)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
        Assert.True(Native.Signal(checkpointer, Native.SigStop));
        try
        {
            await session.RunAsync(
                """
                CREATE SCHEMA many;
                DO $$ BEGIN FOR n IN 1..400 LOOP EXECUTE format('CREATE TABLE many.t%s AS SELECT 1 AS n', n); END LOOP; END $$
                """);
        }
        finally
        {
            Native.Signal(checkpointer, Native.SigContinue);
        }

        await session.RunAsync("CHECKPOINT");
    }

    private static async Task<int> MajorAsync() => (await SharedTemplate.InstallationAsync()).Major;
}
