using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Npgsql;
using NpgsqlTypes;
using PgAspire.Postgres.Control;
using PgAspire.Postgres.Failover;

namespace PgAspire.Postgres.Supervision;

/// <summary>
/// Does the steps of one cluster. What can take long, and is about a replica, goes on in the background, so that it never stands in
/// the way of a new primary; what has failed is not tried again at once.
/// </summary>
internal sealed class StepRunner(
    SupervisedCluster cluster, IClusterController controller, IReadOnlyDictionary<int, InstanceObserver> observers,
    Action<FailoverStep.Remember> remember, Action<string, string?, string, TimeSpan> tell, Action changed) : IAsyncDisposable
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(10);
    private readonly ClusterCommands _commands = new(cluster);
    private readonly CancellationTokenSource _ended = new();
    private readonly Dictionary<(Type, int), (int Failures, long Since)> _failures = [];
    private readonly ConcurrentDictionary<int, long> _started = new();
    private readonly List<Task> _background = [];

    /// <summary>Does the steps in their order.</summary>
    /// <returns>Whether anything was done, so that another look is due.</returns>
    public async Task<bool> RunAsync(IReadOnlyList<FailoverStep> steps, ClusterMemory memory, CancellationToken cancellationToken)
    {
        _background.RemoveAll(task => task.IsCompleted);
        var isNews = false;
        foreach (var step in steps)
        {
            switch (step)
            {
                case FailoverStep.Remember next:
                    remember(next);
                    isNews = true;
                    break;
                case FailoverStep.Report:
                    break;
                case FailoverStep.StartReplica start:
                    Begin(start, start.Ordinal, token => StartAsync(start.Ordinal, () => StartReplicaAsync(start, memory.Primary, token), token), start.Anew ? "copied from the primary" : "started as a replica");
                    break;
                case FailoverStep.Repoint repoint:
                    Begin(repoint, repoint.Ordinal, token => _commands.RepointAsync(observers[repoint.Ordinal], cluster[repoint.Upstream], token), $"follows {cluster[repoint.Upstream].Name}");
                    break;
                case FailoverStep.Shutdown stop when stop.Ordinal != memory.Primary:
                    Begin(stop, stop.Ordinal, token => StopStalledAsync(stop.Ordinal, token), stop.Why);
                    break;
                case FailoverStep.StartPrimary start:
                    isNews |= await DoAsync(start, start.Ordinal, token => StartAsync(start.Ordinal, () => controller.StartAsync(cluster[start.Ordinal], token), token), "started again", cancellationToken);
                    break;
                case FailoverStep.Fence fence:
                    isNews |= await DoAsync(fence, fence.Ordinal, token => controller.FenceAsync(cluster[fence.Ordinal], token), fence.Why, cancellationToken);
                    break;
                case FailoverStep.Promote promote:
                    isNews |= await DoAsync(promote, promote.Ordinal, token => ClusterCommands.PromoteAsync(observers[promote.Ordinal], token), "takes writes", cancellationToken);
                    break;
                case FailoverStep.SetSlots slots:
                    isNews |= await DoAsync(slots, slots.Ordinal, token => _commands.SetSlotsAsync(observers[slots.Ordinal], slots.Replicas, token), "slots set", cancellationToken);
                    break;
                case FailoverStep.SetQuorum quorum:
                    isNews |= await DoAsync(quorum, quorum.Ordinal, token => _commands.SetQuorumAsync(observers[quorum.Ordinal], memory, token), "quorum set", cancellationToken);
                    break;
                case FailoverStep.Shutdown stop:
                    isNews |= await DoAsync(stop, stop.Ordinal, token => ShutDownPrimaryAsync(stop.Ordinal, memory.SwitchoverTo, token), stop.Why, cancellationToken);
                    break;
                default:
                    throw new UnreachableException($"{step.GetType().Name} is no step that can be done.");
            }
        }

        return isNews;
    }

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        await Task.WhenAll(_background);
        _ended.Dispose();
    }

    private async Task StartReplicaAsync(FailoverStep.StartReplica start, int primary, CancellationToken cancellationToken)
    {
        if (observers[primary].Observe().IsPrimary)
        {
            await FreeSlotAsync(primary, start.Ordinal, cancellationToken);
        }

        await controller.StartReplicaAsync(cluster[start.Ordinal], cluster[primary], start.Anew, cancellationToken);
    }

    private async Task FreeSlotAsync(int primary, int replica, CancellationToken cancellationToken)
    {
        try
        {
            await ClusterCommands.FreeSlotAsync(observers[primary], cluster[replica], cancellationToken);
        }
        catch (Exception exception) when (NoAnswer.Is(exception) && !cancellationToken.IsCancellationRequested)
        {
            tell("failed", cluster[replica].Name, $"the slot is not freed: {exception.Message}", TimeSpan.Zero);
        }
    }

    /// <summary>Starts an instance, unless its last start has come to nothing: that is a failure too, and whoever starts it at once again does so for ever.</summary>
    private async Task StartAsync(int ordinal, Func<Task> start, CancellationToken cancellationToken)
    {
        if (_started.TryRemove(ordinal, out var since))
        {
            var lasted = Stopwatch.GetElapsedTime(since);
            if (lasted < InstanceObserver.Proof)
            {
                var reason = await controller.WhyEndedAsync(cluster[ordinal], cancellationToken) ?? "its log may say why";
                throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"it ended within {lasted.TotalSeconds:0.0} s of its start: {reason}"));
            }

            ForgiveStarts(ordinal);
        }

        await start();
        _started[ordinal] = Stopwatch.GetTimestamp();
    }

    /// <summary>
    /// The application waits for the next primary, and that one for all WAL: not for what the old one still does then, which is to
    /// wait for its own processes, those of refused connections among them.
    /// </summary>
    private async Task ShutDownPrimaryAsync(int ordinal, int? next, CancellationToken cancellationToken)
    {
        await ClusterCommands.CheckpointAsync(observers[ordinal], cancellationToken);
        // A server that shuts down waits for all that take WAL from it, for as long as wal_sender_timeout where one does not answer.
        foreach (var absent in observers.Where(observer => observer.Key != ordinal && observer.Value.Observe().Answer is not { IsStreaming: true }))
        {
            await FreeSlotAsync(ordinal, absent.Key, cancellationToken);
        }

        var stopping = controller.StopAsync(cluster[ordinal], ShutdownMode.Fast, cancellationToken);
        while (!stopping.IsCompleted)
        {
            if (next is { } heir && controller.EndOfWal(cluster[ordinal]) is { } end && await HasAsync(observers[heir], end, cancellationToken))
            {
                _background.Add(LetEndAsync(ordinal, stopping));
                return;
            }

            await Task.WhenAny(stopping, Task.Delay(Look, cancellationToken));
        }

        await stopping;
    }

    private static async Task<bool> HasAsync(InstanceObserver replica, NpgsqlLogSequenceNumber end, CancellationToken cancellationToken)
    {
        await replica.AskAsync(cancellationToken);
        return replica.Observe().Answer is { InRecovery: true } answer && answer.Flushed > end;
    }

    private async Task LetEndAsync(int ordinal, Task stopping)
    {
        try
        {
            await stopping;
        }
        catch (OperationCanceledException)
        {
            // It has been told, and ends all the same.
        }
        catch (Exception exception) when (IsFailure(exception))
        {
            tell("failed", observers[ordinal].Instance.Name, $"Shutdown: {exception.Message}", TimeSpan.Zero);
        }
    }

    private async Task StopStalledAsync(int ordinal, CancellationToken cancellationToken)
    {
        await controller.StopAsync(cluster[ordinal], ShutdownMode.Fast, cancellationToken);
        observers[ordinal].FailedStarts++;
    }

    private void Begin(FailoverStep step, int ordinal, Func<CancellationToken, Task> work, string done)
    {
        if (!IsBusyOrPaused(step, ordinal))
        {
            observers[ordinal].Begin();
            _background.Add(Task.Run(() => RunAsync(step, ordinal, work, done, _ended.Token)));
        }
    }

    private async Task<bool> DoAsync(FailoverStep step, int ordinal, Func<CancellationToken, Task> work, string done, CancellationToken cancellationToken)
    {
        if (step is not FailoverStep.Fence && IsBusyOrPaused(step, ordinal))
        {
            return false;
        }

        observers[ordinal].Begin();
        await RunAsync(step, ordinal, work, done, cancellationToken);
        return true;
    }

    private async Task RunAsync(FailoverStep step, int ordinal, Func<CancellationToken, Task> work, string done, CancellationToken cancellationToken)
    {
        var (start, observer) = (Stopwatch.GetTimestamp(), observers[ordinal]);
        var key = (step.GetType(), ordinal);
        try
        {
            await work(cancellationToken);
            if (step is FailoverStep.Fence or FailoverStep.Shutdown or FailoverStep.Promote)
            {
                // Whatever ends it, it is no fault of its start.
                _started.TryRemove(ordinal, out _);
                ForgiveStarts(ordinal);
            }

            if (step is not (FailoverStep.StartPrimary or FailoverStep.StartReplica))
            {
                Forgive(key);
            }

            Tell(step, ordinal, done, start);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return;
        }
        catch (Exception exception) when (IsFailure(exception))
        {
            lock (_failures)
            {
                _failures[key] = (_failures.GetValueOrDefault(key).Failures + 1, Stopwatch.GetTimestamp());
            }

            if (step is FailoverStep.StartPrimary or FailoverStep.StartReplica)
            {
                observer.FailedStarts++;
            }

            tell("failed", observer.Instance.Name, $"{step.GetType().Name}: {exception.Message}", Stopwatch.GetElapsedTime(start));
        }
        finally
        {
            observer.HasChanged();
            // Busy until it has said how it is now: it would be done again otherwise.
            await observer.AskAsync(cancellationToken);
            observer.End();
        }

        changed();
    }

    private bool IsFailure(Exception exception) =>
        exception is NpgsqlException or TimeoutException or IOException or InvalidOperationException or UnauthorizedAccessException || controller.IsFailure(exception);

    private void ForgiveStarts(int ordinal)
    {
        Forgive((typeof(FailoverStep.StartPrimary), ordinal));
        Forgive((typeof(FailoverStep.StartReplica), ordinal));
    }

    private void Forgive((Type, int) key)
    {
        lock (_failures)
        {
            _failures.Remove(key);
        }
    }

    private bool IsBusyOrPaused(FailoverStep step, int ordinal)
    {
        lock (_failures)
        {
            return observers[ordinal].IsBusy
                || (_failures.TryGetValue((step.GetType(), ordinal), out var failure) && Stopwatch.GetElapsedTime(failure.Since) < Pause(failure.Failures));
        }
    }

    private static TimeSpan Pause(int failures) => TimeSpan.FromSeconds(Math.Min(LongestPause.TotalSeconds, 0.25 * Math.Pow(2, failures)));

    private void Tell(FailoverStep step, int ordinal, string done, long start) =>
        tell(step.GetType().Name.ToLowerInvariant(), observers[ordinal].Instance.Name, done, Stopwatch.GetElapsedTime(start));
}
