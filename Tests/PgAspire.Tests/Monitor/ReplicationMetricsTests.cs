namespace PgAspire.Tests.Monitor;

[Collection(WatchedTopology.Collection)]
public sealed class ReplicationMetricsTests(WatchedTopology watched)
{
    [Fact]
    public async Task AReplicaThatStopsReplayingFallsBehindAndCatchesUp()
    {
        await watched.SeeAsync("postgresql_replication_clients", value => value == 1, "state=streaming");
        await watched.SeeAsync("postgresql_replication_receiver_up", value => value == 1, WatchedTopology.Replica);
        await watched.SeeAsync("postgresql_recovery", value => value == 0);
        await watched.SeeAsync("postgresql_recovery", value => value == 1, WatchedTopology.Replica);
        await watched.RunAsync("SELECT pg_wal_replay_pause()", "pg1-2");
        await watched.RunAsync("CREATE TABLE late AS SELECT generate_series(1, 10000)");
        await watched.SeeAsync("postgresql_replication_lag_bytes", value => value > 100_000, WatchedTopology.Replica);
        await watched.SeeAsync("postgresql_replication_delay_seconds", value => value > 1, WatchedTopology.Replica);
        await watched.SeeAsync("postgresql_replication_data_delay_bytes", value => value > 100_000);

        await watched.RunAsync("SELECT pg_wal_replay_resume()", "pg1-2");
        await watched.SeeAsync("postgresql_replication_lag_bytes", value => value == 0, WatchedTopology.Replica);
        await watched.SeeAsync("postgresql_replication_delay_seconds", value => value == 0, WatchedTopology.Replica);
        await watched.SeeAsync("postgresql_replication_data_delay_bytes", value => value == 0);
        foreach (var operation in new[] { "write", "flush" })
        {
            await watched.RunAsync("INSERT INTO late VALUES (1)");
            await watched.SeeAsync("postgresql_wal_delay_seconds", value => value > 0, $"operation={operation}");
        }

        await watched.GrowsInTheEndAsync(
            "postgresql_wal_delay_seconds",
            async () =>
            {
                await watched.RunAsync("SELECT pg_wal_replay_pause()", "pg1-2");
                await watched.RunAsync("INSERT INTO late VALUES (1)");
                await watched.SeeAsync("postgresql_replication_data_delay_bytes", value => value > 0);
                await watched.RunAsync("SELECT pg_wal_replay_resume()", "pg1-2");
                await watched.SeeAsync("postgresql_replication_data_delay_bytes", value => value == 0);
            },
            "operation=replay");
    }

    [Fact]
    public async Task AReplicaWithoutItsPrimaryIsSeen()
    {
        await watched.RunAsync("ALTER ROLE replicator NOLOGIN");
        await watched.RunAsync("SELECT pg_terminate_backend(pid) FROM pg_stat_replication");
        await watched.SeeAsync("postgresql_replication_receiver_up", value => value == 0, WatchedTopology.Replica);
        await watched.SeeAsync("postgresql_replication_clients", value => value == 0);
        await watched.SeeAsync("postgresql_replication_receiver_message_age_seconds", value => value is null, WatchedTopology.Replica);

        await watched.RunAsync("ALTER ROLE replicator LOGIN");
        await watched.SeeAsync("postgresql_replication_receiver_up", value => value == 1, WatchedTopology.Replica);
        await watched.SeeAsync("postgresql_replication_receiver_message_age_seconds", value => value > 1, WatchedTopology.Replica);
    }

    [Fact]
    public async Task ASlotThatNobodyReadsKeepsMoreAndMore()
    {
        await watched.RunAsync("SELECT pg_create_physical_replication_slot('forgotten', true)");
        string[] slot = ["slot_name=forgotten", "slot_type=physical"];
        await watched.SeeAsync("postgresql_replication_slot_active", value => value == 0, slot);
        await watched.SeeAsync("postgresql_replication_slot_status", value => value == 1, [.. slot, "wal_status=reserved"]);
        var before = (await watched.ScrapeAsync()).Of("postgresql_replication_slot_safe_wal_bytes", slot);
        await watched.GrowsAsync("postgresql_replication_slot_retained_bytes",
            () => watched.RunAsync("CREATE TABLE kept AS SELECT n, repeat('x', 500) FROM generate_series(1, 40000) n; DROP TABLE kept"), slot);
        await watched.SeeAsync("postgresql_replication_slot_safe_wal_bytes", value => value < before, slot);
        await watched.SeeAsync("postgresql_replication_slot_active", value => value >= 1);

        await watched.RunAsync("SELECT pg_drop_replication_slot('forgotten')");
        await watched.SeeAsync("postgresql_replication_slot_active", value => value is null, slot);
    }
}
