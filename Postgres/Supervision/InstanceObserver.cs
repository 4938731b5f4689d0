using System.Diagnostics;
using PgAspire.Postgres.Control;
using PgAspire.Postgres.Failover;
using PgAspire.Postgres.Topology;

namespace PgAspire.Postgres.Supervision;

/// <summary>
/// Keeps connections to one instance: a server that dies breaks them at once, so that nothing has to be polled; one that hangs
/// misses its heartbeat.
/// </summary>
internal sealed class InstanceObserver : IAsyncDisposable
{
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(1);

    /// <summary>Of a replica that does not stream: somebody may wait for it.</summary>
    private static readonly TimeSpan RestlessHeartbeat = TimeSpan.FromMilliseconds(500);

    /// <summary>Of a replica that streams: nobody waits for it, and one that hangs is given three times as long.</summary>
    private static readonly TimeSpan RestfulHeartbeat = TimeSpan.FromSeconds(5);

    /// <summary>For an answer that somebody waits for, and that is asked for again at the next heartbeat anyway.</summary>
    private static readonly TimeSpan Quick = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan IdleRetry = TimeSpan.FromMilliseconds(500);

    /// <summary>How long a refusal may be about to pass. Each one is a line in the server's log.</summary>
    private static readonly TimeSpan FreshRefusal = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly IClusterController _controller;
    private readonly Action _changed;
    private readonly CancellationTokenSource _ended = new();
    private readonly Task _watching;
    private readonly string _passwordAdvice;
    private readonly TimeSpan _patience;
    private readonly Silence _silence;
    private TaskCompletionSource _nudge = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ServerProcess _process;
    private ServerAnswer? _answer;
    private ServerAnswer? _lastAnswer;
    private (string Reason, long Since)? _refusal;
    private long? _betweenSince;
    private long _answered;
    private long? _goneSince;
    private long _runningSince;
    private long? _stalledSince;
    private int _work;

    public InstanceObserver(SupervisedCluster cluster, Instance instance, IClusterController controller, Action changed)
    {
        (Instance, _controller, _changed, _passwordAdvice) = (instance, controller, changed, cluster.PasswordAdvice);
        Session = new(cluster, instance);
        // One try alone is never silence enough, where what is declared leaves time for two.
        var unresponsiveAfter = cluster.Rules.UnresponsiveAfter;
        _patience = Longer(Quick, unresponsiveAfter - Heartbeat);
        _silence = new(Longer(Quick + Heartbeat, unresponsiveAfter - Retry));
        LookAtProcess();
        _watching = Task.Run(WatchAsync);
    }

    public Instance Instance { get; }

    public InstanceSession Session { get; }

    /// <summary>How long a server has to run before its start counts as one that has succeeded.</summary>
    public static TimeSpan Proof { get; } = TimeSpan.FromSeconds(5);

    /// <summary>Starts in a row that failed, or led to no server that stays or, of a replica, to no streaming.</summary>
    public int FailedStarts { get; set; }

    /// <summary>Whether something is being done to it. A fence does not wait for what else is: both have to be over.</summary>
    public bool IsBusy => Volatile.Read(ref _work) > 0;

    public void Begin() => Interlocked.Increment(ref _work);

    public void End() => Interlocked.Decrement(ref _work);

    public InstanceObservation Observe()
    {
        lock (_lock)
        {
            return new(Instance.Ordinal)
            {
                Name = Instance.Id,
                HasData = _controller.HasData(Instance),
                IsRunning = _process != ServerProcess.Gone,
                IsHeadless = _process == ServerProcess.Headless,
                IsBetween = _betweenSince is not null,
                BetweenFor = _betweenSince is { } between ? Stopwatch.GetElapsedTime(between) : TimeSpan.Zero,
                Refusal = _refusal?.Reason,
                RefusingFor = _refusal is { } refusal ? Stopwatch.GetElapsedTime(refusal.Since) : TimeSpan.Zero,
                Answer = _answer,
                LastAnswer = _lastAnswer,
                AnswerAge = _answer is null ? TimeSpan.Zero : Stopwatch.GetElapsedTime(_answered),
                SilentFor = _process != ServerProcess.Gone && _answer is null && _betweenSince is null ? _silence.Length : TimeSpan.Zero,
                StalledFor = _stalledSince is { } stalled ? Stopwatch.GetElapsedTime(stalled) : TimeSpan.Zero,
                GoneFor = _goneSince is { } gone ? Stopwatch.GetElapsedTime(gone) : TimeSpan.Zero,
                FailedStarts = FailedStarts,
                IsBusy = IsBusy,
            };
        }
    }

    /// <summary>Asks now rather than at the next heartbeat; what cannot be asked is left to the heartbeat.</summary>
    public async Task AskAsync(CancellationToken cancellationToken)
    {
        if (_process == ServerProcess.Gone)
        {
            // One that still ends might accept the connection and never answer.
            return;
        }

        try
        {
            Answered(await Session.AskAsync(Quick, cancellationToken));
        }
        catch (Exception exception) when (NoAnswer.Is(exception))
        {
            Nudge();
        }
    }

    /// <summary>Looks at the instance at once.</summary>
    public void Nudge()
    {
        LookAtProcess();
        lock (_lock)
        {
            _nudge.TrySetResult();
        }
    }

    /// <summary>Looks at the instance at once: something has been done to it, and whatever it was silent for before is over.</summary>
    public void HasChanged()
    {
        lock (_lock)
        {
            if (_answer is null)
            {
                _silence.End();
            }
        }

        Nudge();
    }

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        await _watching;
        await Session.DisposeAsync();
        _ended.Dispose();
    }

    private async Task WatchAsync()
    {
        while (!_ended.IsCancellationRequested)
        {
            try
            {
                await WatchConnectionsAsync();
            }
            catch (OperationCanceledException) when (_ended.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception) when (NoAnswer.Is(exception))
            {
                Unanswered(NoAnswer.IsBetween(exception), NoAnswer.Refusal(exception, _passwordAdvice));
            }

            await PauseAsync();
        }
    }

    private Task PauseAsync()
    {
        long? refusing;
        lock (_lock)
        {
            refusing = _refusal?.Since;
        }

        if (refusing is { } since)
        {
            return Task.WhenAny(Task.Delay(Stopwatch.GetElapsedTime(since) < FreshRefusal ? IdleRetry : RestfulHeartbeat, _ended.Token));
        }

        return Task.WhenAny(NextNudge(), Task.Delay(_process == ServerProcess.Gone || IsBusy ? IdleRetry : Retry, _ended.Token));
    }

    /// <summary>Asks over one connection and waits for the end of another: to wait on the first with a time limit costs more than the question.</summary>
    private async Task WatchConnectionsAsync()
    {
        using var left = CancellationTokenSource.CreateLinkedTokenSource(_ended.Token);
        await using var watched = await Session.OpenAsync(_patience, _ended.Token);
        await using var asked = await Session.OpenAsync(_patience, _ended.Token);
        try
        {
            await asked.ReloadAsync(_patience, _ended.Token);
            var ends = watched.WhenEndedAsync(left.Token);
            while (true)
            {
                var nudge = NextNudge();
                var answer = await Session.AskAsync(asked, _patience, _ended.Token);
                Answered(answer);
                if (MayOversleep())
                {
                    await asked.WakeAsync(_patience, _ended.Token);
                }

                if (await Task.WhenAny(ends, nudge, Task.Delay(UntilHeartbeat(answer), left.Token)) == ends)
                {
                    await ends;
                }
            }
        }
        finally
        {
            await left.CancelAsync();
        }
    }

    /// <summary>All of a process beat at the same moments: it is waking up that takes most of what a heartbeat costs.</summary>
    private static TimeSpan UntilHeartbeat(ServerAnswer answer)
    {
        var interval = (long)(answer.IsStreaming ? RestfulHeartbeat : answer.InRecovery ? RestlessHeartbeat : Heartbeat).TotalMilliseconds;
        return TimeSpan.FromMilliseconds(interval - (Environment.TickCount64 % interval));
    }

    /// <summary>Each try is a line in the server's log.</summary>
    private bool MayOversleep()
    {
        lock (_lock)
        {
            return _stalledSince is { } since && Stopwatch.GetElapsedTime(since) is var stalled && stalled > RestlessHeartbeat / 2 && stalled < Proof;
        }
    }

    private Task NextNudge()
    {
        lock (_lock)
        {
            _nudge = _nudge.Task.IsCompleted ? new(TaskCreationOptions.RunContinuationsAsynchronously) : _nudge;
            return _nudge.Task;
        }
    }

    private void Answered(ServerAnswer answer)
    {
        bool isNews;
        lock (_lock)
        {
            isNews = _answer is null || !IsSame(_answer, answer);
            (_answer, _lastAnswer, _answered, _process, _betweenSince) = (answer, answer, Stopwatch.GetTimestamp(), ServerProcess.Running, null);
            _refusal = null;
            IsThere();
            _silence.End();
            _stalledSince = answer.InRecovery && !answer.IsStreaming ? _stalledSince ?? _answered : null;
            FailedStarts = !answer.InRecovery || (answer.IsStreaming && Stopwatch.GetElapsedTime(_runningSince) > Proof) ? 0 : FailedStarts;
        }

        if (isNews)
        {
            _changed();
        }
    }

    /// <param name="isBetween">Whether it starts up, recovers or shuts down.</param>
    /// <param name="refusal">Why it does not let us in; null where that is not the reason.</param>
    private void Unanswered(bool isBetween, string? refusal)
    {
        bool isNews;
        Session.Forget();
        lock (_lock)
        {
            isNews = _answer is not null || (_betweenSince is not null) != isBetween || _refusal?.Reason != refusal;
            (_answer, _betweenSince, _stalledSince) = (null, isBetween ? _betweenSince ?? Stopwatch.GetTimestamp() : null, null);
            _refusal = refusal is null ? null : (refusal, _refusal?.Since ?? Stopwatch.GetTimestamp());
            if (refusal is null)
            {
                _silence.Fail();
            }
            else
            {
                _silence.End();
            }
        }

        if (LookAtProcess() || isNews)
        {
            _changed();
        }
    }

    /// <returns>Whether it has changed.</returns>
    private bool LookAtProcess()
    {
        var process = _controller.ProcessOf(Instance);
        lock (_lock)
        {
            var isNews = process != _process;
            _process = process;
            if (process == ServerProcess.Gone)
            {
                (_answer, _betweenSince, _stalledSince, _refusal) = (null, null, null, null);
                _goneSince ??= Stopwatch.GetTimestamp();
            }
            else
            {
                IsThere();
            }

            return isNews;
        }
    }

    /// <summary>Where it was gone, whatever it was silent for before is over.</summary>
    private void IsThere()
    {
        if (_goneSince is not null)
        {
            _silence.End();
            (_runningSince, _goneSince) = (Stopwatch.GetTimestamp(), null);
        }
    }

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private static bool IsSame(ServerAnswer before, ServerAnswer now) =>
        before with { Flushed = now.Flushed, Slots = now.Slots } == now && before.Slots.SetEquals(now.Slots);
}
