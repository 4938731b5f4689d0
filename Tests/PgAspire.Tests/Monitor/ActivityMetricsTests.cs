using Npgsql;

namespace PgAspire.Tests.Monitor;

[Collection(WatchedTopology.Collection)]
public sealed class ActivityMetricsTests(WatchedTopology watched)
{
    [Fact]
    public async Task AnOpenTransactionIsSeenWithItsAgeAndWhatItHoldsBack()
    {
        await using (var session = await watched.ConnectAsync())
        {
            await session.RunAsync("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM pg_class");
            for (var transaction = 0; transaction < 50; transaction++)
            {
                await watched.RunAsync("SELECT txid_current()");
            }

            await watched.SeeAsync("postgresql_backends", value => value >= 1, "db_namespace=app", "postgresql_state=idle in transaction");
            await watched.SeeAsync("postgresql_connection_used", value => value >= 2);
            await watched.SeeAsync("postgresql_transaction_longest_seconds", value => value > 1);
            await watched.SeeAsync("postgresql_transaction_idle_longest_seconds", value => value > 1);
            await watched.SeeAsync("postgresql_transaction_horizon_age", value => value >= 50);
        }

        await watched.SeeAsync("postgresql_transaction_horizon_age", value => value < 50);
    }

    [Fact]
    public async Task ARunningStatementIsSeenWithWhatItWaitsFor()
    {
        await using var session = await watched.ConnectAsync();
        await using var command = new NpgsqlCommand("SELECT pg_sleep(100)", session);
        using var end = new CancellationTokenSource();
        var running = command.ExecuteNonQueryAsync(end.Token);
        await watched.SeeAsync("postgresql_query_longest_seconds", value => value > 1);
        await watched.SeeAsync("postgresql_wait_backends", value => value >= 1, "postgresql_wait_event_type=Timeout");
        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Fact]
    public async Task APreparedTransactionIsSeenWithItsAge()
    {
        await watched.RunAsync("BEGIN; SELECT txid_current(); PREPARE TRANSACTION 'seen'");
        await watched.SeeAsync("postgresql_transaction_prepared", value => value == 1);
        await watched.SeeAsync("postgresql_transaction_prepared_longest_seconds", value => value > 1);
        await watched.RunAsync("ROLLBACK PREPARED 'seen'");
        await watched.SeeAsync("postgresql_transaction_prepared", value => value == 0);
        await watched.SeeAsync("postgresql_transaction_prepared_longest_seconds", value => value == 0);
    }

    [Fact]
    public async Task LimitsAreThoseOfTheSettingsAndWaitForARestart()
    {
        await watched.SeeAsync("postgresql_connection_max", value => value == 120);
        await watched.SeeAsync("postgresql_connection_reserved", value => value == 3);
        await watched.SeeAsync("postgresql_autovacuum_workers_max", value => value == 3);
        await watched.SeeAsync("postgresql_settings_pending_restart", value => value == 0);
        await watched.RunAsync("ALTER SYSTEM SET max_connections = 130");
        await watched.RunAsync("SELECT pg_reload_conf()");
        await watched.SeeAsync("postgresql_settings_pending_restart", value => value == 1);
        await watched.RunAsync("ALTER SYSTEM RESET max_connections");
        await watched.RunAsync("SELECT pg_reload_conf()");
        await watched.SeeAsync("postgresql_settings_pending_restart", value => value == 0);
    }
}
