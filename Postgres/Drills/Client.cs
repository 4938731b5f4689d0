using System.Net.Sockets;
using Npgsql;

namespace PgAspire.Postgres.Drills;

/// <summary>A part of an application that does the same thing over and over, and when it fails tries again in a moment, until told to end.</summary>
internal abstract class Client(NpgsqlMultiHostDataSource source, TargetSessionAttributes target) : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan EndPatience = TimeSpan.FromSeconds(10);
    private readonly CancellationTokenSource _given = new();
    private Task _running = Task.CompletedTask;
    private volatile bool _isEnding;

    public Pulse Pulse { get; } = new();

    protected bool IsEnding => _isEnding;

    public void Start(int loops) => _running = Task.WhenAll(Enumerable.Range(0, loops).Select(_ => Task.Run(LoopAsync)));

    /// <summary>Lets what is under way end; what does not is given up.</summary>
    public async ValueTask DisposeAsync()
    {
        _isEnding = true;
        _given.CancelAfter(EndPatience);
        await _running;
        _given.Dispose();
    }

    /// <summary>Does it once, on an open connection.</summary>
    /// <returns>Whether it succeeded.</returns>
    protected abstract Task<bool> DoAsync(NpgsqlConnection connection, CancellationToken cancellationToken);

    protected static bool IsFailure(Exception exception) =>
        exception is NpgsqlException or SocketException or IOException or TimeoutException or OperationCanceledException;

    private async Task LoopAsync()
    {
        while (!_isEnding)
        {
            await Task.Delay(await TryAsync() ? Pause : RetryPause, CancellationToken.None);
        }
    }

    private async Task<bool> TryAsync()
    {
        var hasSucceeded = false;
        try
        {
            await using var connection = await source.OpenConnectionAsync(target, _given.Token);
            hasSucceeded = await DoAsync(connection, _given.Token);
        }
        catch (Exception exception) when (IsFailure(exception))
        {
            // Counted by the gap that it leaves.
        }

        if (!hasSucceeded)
        {
            // What the driver remembers of who is the primary is the first thing that may be wrong now.
            source.ClearDatabaseStates();
        }

        return hasSucceeded;
    }
}
