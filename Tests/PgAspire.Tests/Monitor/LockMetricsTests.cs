using Npgsql;

namespace PgAspire.Tests.Monitor;

[Collection(WatchedTopology.Collection)]
public sealed class LockMetricsTests(WatchedTopology watched)
{
    [Fact]
    public async Task ALockAndWhoWaitsForItAreSeenAndTheMonitorDoesNotWaitToo()
    {
        await watched.RunAsync("CREATE TABLE guarded (id int)");
        await using var holder = await watched.ConnectAsync();
        await holder.RunAsync("BEGIN; LOCK TABLE guarded");
        await using var waiter = await watched.ConnectAsync();
        await using var command = new NpgsqlCommand("SELECT count(*) FROM guarded", waiter);
        var waiting = command.ExecuteScalarAsync(TestContext.Current.CancellationToken);

        await watched.SeeAsync("postgresql_database_locks", value => value >= 1,
            "relation=guarded", "mode=AccessExclusiveLock", "lock_type=relation", "db_namespace=app");
        await watched.SeeAsync("postgresql_lock_waiters", value => value >= 1);
        await watched.SeeAsync("postgresql_lock_blockers", value => value >= 1);
        await watched.SeeAsync("postgresql_lock_wait_longest_seconds", value => value > 1);
        await watched.GrowsInTheEndAsync("postgresql_table_count", () => watched.RunAsync($"CREATE TABLE \"beside {Guid.NewGuid()}\" (id int)"));

        await holder.RunAsync("COMMIT");
        await waiting;
        await watched.SeeAsync("postgresql_lock_waiters", value => value == 0);
        await watched.SeeAsync("postgresql_lock_blockers", value => value == 0);
        await watched.SeeAsync("postgresql_lock_wait_longest_seconds", value => value == 0);
    }

    [Fact]
    public async Task ADeadlockIsCounted()
    {
        await watched.RunAsync("CREATE TABLE crossed (id int PRIMARY KEY); INSERT INTO crossed VALUES (1), (2)");
        await watched.GrowsAsync("postgresql_deadlocks_total", async () =>
        {
            await using var one = await watched.ConnectAsync();
            await using var other = await watched.ConnectAsync();
            await one.RunAsync("BEGIN; DELETE FROM crossed WHERE id = 1");
            await other.RunAsync("BEGIN; DELETE FROM crossed WHERE id = 2");
            var failure = await Record.ExceptionAsync(() => Task.WhenAll(
                one.RunAsync("DELETE FROM crossed WHERE id = 2"), other.RunAsync("DELETE FROM crossed WHERE id = 1")));
            Assert.Equal(PostgresErrorCodes.DeadlockDetected, Assert.IsType<PostgresException>(failure).SqlState);
        }, "db_namespace=app");
    }
}
