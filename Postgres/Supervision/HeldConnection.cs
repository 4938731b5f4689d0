using Npgsql;

namespace PgAspire.Postgres.Supervision;

/// <summary>A connection that is kept open for as long as its server lives.</summary>
internal sealed class HeldConnection : IAsyncDisposable
{
    private const int FirstThatWakesUp = 16;
    private Task _waiting = Task.CompletedTask;

    private HeldConnection(NpgsqlConnection connection) => Connection = connection;

    public NpgsqlConnection Connection { get; }

    public static async Task<HeldConnection> OpenAsync(string connectionString, CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnection(connectionString);
        try
        {
            await connection.OpenAsync(cancellationToken);
            return new(connection);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Has the server read its settings: one that a supervisor has written, and that was killed before the server heard of it, would
    /// otherwise hold from the next start on, and nobody would see it before.
    /// </summary>
    /// <exception cref="TimeoutException">It has not answered by then.</exception>
    public async Task ReloadAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT pg_reload_conf()", Connection);
        await command.ExecuteNonQueryAsync(CancellationToken.None).WaitAsync(patience, cancellationToken);
    }

    /// <summary>
    /// Wakes a server that has overslept the start of its WAL receiver. Before version 16 the signal for it may arrive just before the
    /// postmaster begins to wait, up to a minute (postmaster.c, ServerLoop); any other signal ends that, such as a reload's.
    /// </summary>
    /// <exception cref="TimeoutException">It has not answered by then.</exception>
    public Task WakeAsync(TimeSpan patience, CancellationToken cancellationToken) =>
        Connection.PostgreSqlVersion.Major < FirstThatWakesUp ? ReloadAsync(patience, cancellationToken) : Task.CompletedTask;

    /// <summary>Fails when the server ends the connection, or its process does; it never succeeds. Nothing may be asked over it meanwhile.</summary>
    public Task WhenEndedAsync(CancellationToken cancellationToken)
    {
        return _waiting = WaitAsync();

        async Task WaitAsync()
        {
            while (true)
            {
                await Connection.WaitAsync(cancellationToken);
            }
        }
    }

    /// <summary>Goes on behind the caller's back: the driver first asks the server to cancel what it was asked, and one that hangs does not answer.</summary>
    public ValueTask DisposeAsync()
    {
        _ = Task.Run(async () =>
        {
            await _waiting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await Connection.DisposeAsync();
        });
        return ValueTask.CompletedTask;
    }
}
