using Npgsql;
using PgAspire.Postgres.Roles;
using PgAspire.Tests.Support;

namespace PgAspire.Tests.Monitoring;

/// <summary>What goes wrong in a live topology, until it is disposed of.</summary>
internal static class LiveCauses
{
    public static async Task<IAsyncDisposable> ReplayPausedAsync(LiveTopology topology)
    {
        await topology.Topology.AskAsync("pg1-2", "SELECT pg_wal_replay_pause()", RoleNames.Superuser);
        await Until.TrueAsync(
            async () => await topology.Topology.AskAsync("pg1-2", "SELECT pg_get_wal_replay_pause_state()", RoleNames.Superuser) is "paused", "replay has paused");
        await topology.Topology.AskAsync("pg1-1", "CREATE TABLE not_replayed_yet ()");
        return new Undo(async () => await topology.Topology.AskAsync("pg1-2", "SELECT pg_wal_replay_resume()", RoleNames.Superuser));
    }

    /// <summary>Two transactions that wait for each other, one of which the server ends; there is nothing to undo.</summary>
    public static async Task<IAsyncDisposable> DeadlockAsync(LiveTopology topology)
    {
        await using var one = await topology.OpenAsync("pg1-1");
        await using var other = await topology.OpenAsync("pg1-1");
        await ExecuteAsync(one, "BEGIN; SELECT pg_advisory_xact_lock(1)");
        await ExecuteAsync(other, "BEGIN; SELECT pg_advisory_xact_lock(2)");
        var failure = await Assert.ThrowsAsync<PostgresException>(() => Task.WhenAll(
            ExecuteAsync(one, "SELECT pg_advisory_xact_lock(2)"), ExecuteAsync(other, "SELECT pg_advisory_xact_lock(1)")));
        Assert.Equal(PostgresErrorCodes.DeadlockDetected, failure.SqlState);
        return new Undo(() => Task.CompletedTask);
    }

    public static async Task<IAsyncDisposable> IdleTransactionAsync(LiveTopology topology)
    {
        var connection = await topology.OpenAsync("pg1-1");
        await ExecuteAsync(connection, "BEGIN; SELECT 1");
        return connection;
    }

    /// <summary>One session holds what twelve others want.</summary>
    public static async Task<IAsyncDisposable> LockStormAsync(LiveTopology topology)
    {
        var holder = await topology.OpenAsync("pg1-1");
        await ExecuteAsync(holder, "SELECT pg_advisory_lock(3)");
        var waiting = Enumerable.Range(0, 12).Select(async _ =>
        {
            await using var connection = await topology.OpenAsync("pg1-1");
            await ExecuteAsync(connection, "SELECT pg_advisory_lock(3)");
        }).ToList();
        return new Undo(async () =>
        {
            await holder.DisposeAsync();
            await Task.WhenAll(waiting);
        });
    }

    /// <summary>All the connections that clients may have.</summary>
    public static async Task<IAsyncDisposable> ConnectionsExhaustedAsync(LiveTopology topology)
    {
        var connections = new List<NpgsqlConnection>();
        var refusal = await Assert.ThrowsAsync<PostgresException>(async () =>
        {
            while (true)
            {
                connections.Add(await topology.OpenAsync("pg1-2"));
            }
        });
        Assert.Equal(PostgresErrorCodes.TooManyConnections, refusal.SqlState);
        return new Undo(() => Task.WhenAll(connections.Select(connection => connection.DisposeAsync().AsTask())));
    }

    /// <summary>All but a twentieth of the disk, taken by one file.</summary>
    public static Task<IAsyncDisposable> DiskAlmostFullAsync(LiveTopology topology)
    {
        var disk = new DriveInfo(topology.DataFolder);
        var path = Path.Combine(topology.DataFolder, "ballast");
        using (File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, preallocationSize: disk.AvailableFreeSpace - disk.TotalSize / 20))
        {
            return Task.FromResult<IAsyncDisposable>(new Undo(() =>
            {
                File.Delete(path);
                return Task.CompletedTask;
            }));
        }
    }

    /// <summary>A supervisor would have it up again before anybody were told.</summary>
    public static async Task<IAsyncDisposable> InstanceKilledAsync(LiveTopology topology)
    {
        await ReplicatedTopology.KillSupervisorAsync(topology.Topology);
        await StrayProcesses.KillAsync(Path.Combine(topology.DataFolder, "pg2-1"));
        return new Undo(topology.RepairAsync);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private sealed class Undo(Func<Task> undo) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await undo();
    }
}
