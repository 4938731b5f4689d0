using PgAspire.Tests.Support;

namespace PgAspire.Tests.Monitor;

[Collection(WatchedTopology.Collection)]
public sealed class TableMetricsTests(WatchedTopology watched)
{
    private static readonly string[] Table = ["db_namespace=app|public", "db_collection_name=measured"];

    [Fact]
    public async Task TheLargestTablesAndIndexesAreMeasured()
    {
        await watched.RunAsync("CREATE TABLE measured (id int PRIMARY KEY, small int, large text) WITH (autovacuum_enabled = off, fillfactor = 50); ALTER TABLE measured ALTER large SET STORAGE EXTERNAL");
        await watched.RunAsync("INSERT INTO measured SELECT n, 0, repeat('x', 3000) FROM generate_series(1, 3000) n; ANALYZE measured");
        await watched.SeeAsync("postgresql_table_size_bytes", value => value > 9_000_000, Table);
        await watched.SeeAsync("postgresql_index_size_bytes", value => value > 8192, [.. Table, "postgresql_index_name=measured_pkey"]);
        await watched.SeeAsync("postgresql_rows", value => value == 3000, [.. Table, "state=live"]);
        await watched.GrowAsync(
            async () =>
            {
                await watched.RunAsync("INSERT INTO measured VALUES (3001, 0, '')");
                await watched.RunAsync("UPDATE measured SET small = 1 WHERE id < 10");
                await watched.RunAsync("DELETE FROM measured WHERE id = 20");
                await watched.RunAsync("SELECT sum(length(large || '')) FROM measured");
                await watched.RunAsync("SET enable_seqscan = off; SET enable_bitmapscan = off; SELECT sum(id) FROM measured WHERE id BETWEEN 30 AND 2000");
            },
            Of("postgresql_operations_total", "operation=ins"), Of("postgresql_operations_total", "operation=upd"),
            Of("postgresql_operations_total", "operation=del"), Of("postgresql_operations_total", "operation=hot_upd"),
            Of("postgresql_rows", "state=dead"), Of("postgresql_sequential_scans_total"), Of("postgresql_index_scans_total", "postgresql_index_name=measured_pkey"),
            Of("postgresql_blocks_read_total", "source=heap_read"), Of("postgresql_blocks_read_total", "source=heap_hit"),
            Of("postgresql_blocks_read_total", "source=idx_read"), Of("postgresql_blocks_read_total", "source=idx_hit"),
            Of("postgresql_blocks_read_total", "source=toast_read"), Of("postgresql_blocks_read_total", "source=toast_hit"),
            Of("postgresql_blocks_read_total", "source=tidx_read"), Of("postgresql_blocks_read_total", "source=tidx_hit"), Of("postgresql_table_xid_age"));

        await watched.GrowAsync(() => watched.RunAsync("VACUUM measured"), Of("postgresql_table_vacuum_count_total"), Of("postgresql_table_vacuum_last_seconds"));
        await watched.SeeAsync("postgresql_rows", value => value == 0, [.. Table, "state=dead"]);
        await watched.RunAsync("DROP TABLE measured");
        await watched.SeeAsync("postgresql_table_size_bytes", value => value is null, Table);
    }

    [Fact]
    public async Task VacuumsAreSeenAtWork()
    {
        await watched.RunAsync("CREATE TABLE swept (id int) WITH (autovacuum_enabled = off)");
        await watched.RunAsync("INSERT INTO swept SELECT generate_series(1, 100000); DELETE FROM swept; ANALYZE swept");
        await using (var session = await watched.ConnectAsync())
        {
            await session.RunAsync("SET vacuum_cost_delay = 100; SET vacuum_cost_limit = 1");
            var vacuum = session.RunAsync("VACUUM swept");
            await watched.SeeAsync("postgresql_vacuum_running", value => value >= 1);
            await Until.TrueAsync(async () => await IsVacuumingAsync(session.ProcessID), "it vacuums");
            await watched.RunAsync($"SELECT pg_cancel_backend({session.ProcessID})");
            await Assert.ThrowsAsync<Npgsql.PostgresException>(() => vacuum);
        }

        await watched.RunAsync("ALTER TABLE swept SET (autovacuum_enabled = on, autovacuum_vacuum_cost_delay = 100, autovacuum_vacuum_cost_limit = 1, autovacuum_vacuum_threshold = 1)");
        await watched.SeeAsync("postgresql_autovacuum_workers", value => value >= 1);
        await watched.GrowsAsync("postgresql_table_autovacuum_count_total",
            () => watched.RunAsync("ALTER TABLE swept SET (autovacuum_vacuum_cost_delay = 0)"), "db_collection_name=swept");
        await watched.RunAsync("DROP TABLE swept");
    }

    private async Task<bool> IsVacuumingAsync(int process)
    {
        await using var connection = await watched.ConnectAsync();
        await using var command = new Npgsql.NpgsqlCommand($"SELECT EXISTS (SELECT FROM pg_stat_progress_vacuum WHERE pid = {process})", connection);
        return true.Equals(await command.ExecuteScalarAsync());
    }

    private static (string Metric, string[] Labels) Of(string metric, params string[] labels) => (metric, [.. Table, .. labels]);
}
