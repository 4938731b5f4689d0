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
            await AskAsync(cancellationToken);
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
            using var budget = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            budget.CancelAfter(settings.Timeout);
            var sample = await AskServerAsync(budget.Token);
            Replace(_state with { Answers = true, Role = sample.Role, Server = new(sample, time.GetTimestamp()), Duration = time.GetElapsedTime(start) });
            await AskSlowAsync(sample.Role, cancellationToken);
        }
        catch (Exception exception) when (IsFailure(exception) && !cancellationToken.IsCancellationRequested)
        {
            await FailAsync(exception, time.GetElapsedTime(start));
        }

        Replace(_state with { Host = _host.Read(_state.Role) is { } seen ? new(seen, time.GetTimestamp()) : null });
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await DisconnectAsync();
        await _source.DisposeAsync();
    }

    private static bool IsFailure(Exception exception) =>
        exception is NpgsqlException or TimeoutException or OperationCanceledException or SocketException or IOException or NotSupportedException;

    private async Task<MetricSample> AskServerAsync(CancellationToken cancellationToken)
    {
        _reader ??= await MetricReader.OpenAsync(_source, instance.Cluster, instance.Name, cancellationToken);
        return await _reader.ReadAsync(cancellationToken);
    }

    /// <summary>The round that costs more, when it is time for it. The cheap one stands, whatever becomes of this.</summary>
    private async Task AskSlowAsync(string role, CancellationToken cancellationToken)
    {
        if (_askedSlow is { } last && time.GetElapsedTime(last) < settings.SlowInterval)
        {
            return;
        }

        _askedSlow = time.GetTimestamp();
        using var budget = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        budget.CancelAfter(settings.Timeout);
        try
        {
            Replace(_state with { Slow = new(await _reader!.ReadSlowAsync(role, budget.Token), time.GetTimestamp()) });
        }
        catch (PostgresException exception) when (exception.SqlState is PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.QueryCanceled)
        {
            logger.LogInformation("{Instance}: sizes could not be read this time: {Reason}", instance.Name, exception.MessageText);
        }
    }

    private async Task FailAsync(Exception exception, TimeSpan duration)
    {
        var reason = exception is OperationCanceledException ? $"no answer within {settings.Timeout.TotalSeconds:0.#} s" : exception.Message;
        if (_failuresInARow++ == 0)
        {
            logger.LogWarning("{Instance} does not answer: {Reason}", instance.Name, reason);
        }

        Replace(_state with { Answers = false, Duration = duration, Failures = _state.Failures + 1 });
        _askedSlow = null;
        await DisconnectAsync();
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

    private async Task DisconnectAsync()
    {
        if (_reader is { } reader)
        {
            _reader = null;
            await reader.DisposeAsync();
        }
    }
}
