using System.Net.Sockets;
using Npgsql;
using PgAspire.Monitor.Host;
using PgAspire.Postgres.Metrics;

namespace PgAspire.Monitor;

/// <summary>Asks one instance, round after round, on one connection. Watchers share nothing, so that none waits for another's instance.</summary>
public sealed class InstanceWatcher(WatchedInstance instance, MonitorSettings settings, TimeProvider time, ILogger<InstanceWatcher> logger) : IAsyncDisposable
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);
    private readonly NpgsqlDataSource _source = instance.CreateSource(settings.Timeout);
    private readonly HostReader _host = new(instance);
    private volatile InstanceState _state = new();
    private MetricReader? _reader;
    private Task _lastAnswer = Task.CompletedTask;
    private long? _askedSlow;
    private int _failuresInARow;

    /// <summary>The instance.</summary>
    public WatchedInstance Instance => instance;

    /// <summary>What is known of it now.</summary>
    public InstanceState State => _state;

    /// <summary>Asks until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var start = time.GetTimestamp();
            try
            {
                await AskAsync(cancellationToken);
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                // Nothing may end the watch, least of all in silence.
                logger.LogError(exception, "{Instance}: a round failed as none should", instance.Name);
            }

            var pause = Pause() - time.GetElapsedTime(start);
            await Task.Delay(pause > TimeSpan.Zero ? pause : TimeSpan.Zero, time, cancellationToken);
        }
    }

    /// <summary>One round. A failure is part of the state, not an exception.</summary>
    public async Task AskAsync(CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        try
        {
            _reader ??= await WithinTimeoutAsync(token => MetricReader.OpenAsync(_source, instance.Cluster, instance.Name, token), cancellationToken);
            var sample = await WithinTimeoutAsync(_reader.ReadAsync, cancellationToken);
            Replace(_state with { Answers = true, Role = sample.Role, Server = new(sample, time.GetTimestamp()), Duration = time.GetElapsedTime(start) });
            await AskSlowAsync(sample.Role, cancellationToken);
        }
        catch (Exception exception) when (IsFailure(exception) && !cancellationToken.IsCancellationRequested)
        {
            Fail(exception, time.GetElapsedTime(start));
        }

        Replace(_state with { Host = _host.Read(_state.Role) is { } seen ? new(seen, time.GetTimestamp()) : null });
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_lastAnswer.IsCompleted)
        {
            await DisconnectAsync(_reader, _lastAnswer);
        }

        await _source.DisposeAsync();
    }

    private static bool IsFailure(Exception exception) =>
        exception is NpgsqlException or TimeoutException or OperationCanceledException or SocketException or IOException or NotSupportedException or ObjectDisposedException;

    /// <summary>Waits no longer than the timeout, whatever becomes of the question: Npgsql may wait for a hung server to confirm its cancellation.</summary>
    private async Task<T> WithinTimeoutAsync<T>(Func<CancellationToken, Task<T>> ask, CancellationToken cancellationToken)
    {
        using var budget = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        budget.CancelAfter(settings.Timeout);
        var answer = ask(budget.Token);
        _lastAnswer = answer;
        return await answer.WaitAsync(budget.Token);
    }

    /// <summary>The round that costs more, when it is time for it. The cheap one stands, whatever becomes of this.</summary>
    private async Task AskSlowAsync(string role, CancellationToken cancellationToken)
    {
        if (_askedSlow is { } last && time.GetElapsedTime(last) < settings.SlowInterval)
        {
            return;
        }

        _askedSlow = time.GetTimestamp();
        try
        {
            var sample = await WithinTimeoutAsync(token => _reader!.ReadSlowAsync(role, token), cancellationToken);
            Replace(_state with { Slow = new(sample, time.GetTimestamp()) });
        }
        catch (PostgresException exception)
        {
            // An answer too: a table was locked for too long, a right is missing. If the server is going down, the next round says so.
            logger.LogWarning("{Instance}: sizes and tables could not be read this time: {Reason}", instance.Name, exception.MessageText);
        }
    }

    private void Fail(Exception exception, TimeSpan duration)
    {
        var reason = exception is OperationCanceledException ? $"no answer within {settings.Timeout.TotalSeconds:0.#} s" : exception.Message;
        if (_failuresInARow++ == 0)
        {
            logger.LogWarning("{Instance} does not answer: {Reason}", instance.Name, reason);
        }

        Replace(_state with { Answers = false, Duration = duration, Failures = _state.Failures + 1 });
        _askedSlow = null;
        _ = DisconnectAsync(_reader, _lastAnswer); // It may hang with its server, and the next round has a connection of its own.
        _reader = null;
    }

    private void Replace(InstanceState state)
    {
        if (state.Answers && _failuresInARow > 0)
        {
            logger.LogInformation("{Instance} answers again", instance.Name);
            _failuresInARow = 0;
        }

        _state = state;
    }

    private TimeSpan Pause()
    {
        var longest = settings.Interval > LongestPause ? settings.Interval : LongestPause;
        var pause = settings.Interval * Math.Pow(2, Math.Clamp(_failuresInARow - 1, 0, 10));
        return pause < longest ? pause : longest;
    }

    /// <summary>Closes a connection once it is no longer in use, also one that was opened too late.</summary>
    private async Task DisconnectAsync(MetricReader? reader, Task lastAnswer)
    {
        try
        {
            await lastAnswer;
        }
        catch (Exception exception) when (IsFailure(exception))
        {
            logger.LogDebug(exception, "{Instance}: a question without an answer", instance.Name);
        }

        reader ??= lastAnswer is Task<MetricReader> { IsCompletedSuccessfully: true } late ? late.Result : null;
        try
        {
            await (reader?.DisposeAsync() ?? ValueTask.CompletedTask);
        }
        catch (Exception exception) when (IsFailure(exception))
        {
            logger.LogDebug(exception, "{Instance}: a connection that cannot be closed", instance.Name);
        }
    }
}
