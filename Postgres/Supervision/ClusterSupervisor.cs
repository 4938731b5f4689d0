using System.Collections.Concurrent;
using System.Diagnostics;
using PgAspire.Postgres.Control;
using PgAspire.Postgres.Failover;

namespace PgAspire.Postgres.Supervision;

/// <summary>
/// Keeps one cluster whole: observes, decides by <see cref="FailoverDecision"/>, does one step, and begins again. At most one
/// supervisor may work on a cluster; when it is killed the servers go on, and the next one takes over from what is remembered.
/// </summary>
public sealed class ClusterSupervisor : IAsyncDisposable
{
    /// <summary>How soon to look again while something is waited for that tells nobody.</summary>
    private static readonly TimeSpan Unrest = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(10);
    private readonly SupervisedCluster _cluster;
    private readonly IClusterMemoryStore _store;
    private readonly Action<SupervisorEvent> _tell;
    private readonly Dictionary<int, InstanceObserver> _observers;
    private readonly StepRunner _runner;
    private readonly ConcurrentQueue<Wish> _wishes = new();
    private readonly SemaphoreSlim _changed = new(0);
    private bool _wasPrimaryThere;
    private Wish? _wish;
    private volatile int _rounds;
    private string? _told;

    /// <summary>Begins to observe; <see cref="RunAsync"/> acts.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="controller">What starts and stops its instances.</param>
    /// <param name="store">What is remembered of it; there must be a memory.</param>
    /// <param name="tell">Hears what is done; must not block.</param>
    /// <exception cref="InvalidOperationException">Nothing is remembered of the cluster.</exception>
    public ClusterSupervisor(SupervisedCluster cluster, IClusterController controller, IClusterMemoryStore store, Action<SupervisorEvent> tell)
    {
        (_cluster, _store, _tell) = (cluster, store, tell);
        Memory = store.Read(cluster.Cluster.Name) ?? throw new InvalidOperationException($"Nothing is remembered of {cluster.Cluster.Name}.");
        _observers = cluster.Cluster.Instances.ToDictionary(instance => instance.Ordinal, instance => new InstanceObserver(cluster, instance, controller, Signal));
        _runner = new(cluster, controller, _observers, Remember, Tell, Signal);
    }

    /// <summary>What is remembered now.</summary>
    public ClusterMemory Memory { get; private set; }

    /// <summary>What stands in the way of a whole cluster and needs a person; null where nothing does.</summary>
    public FailoverStep.Report? Problem { get; private set; }

    /// <summary>Whether the primary takes writes, every replica streams, and commits wait for what is declared.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>Acts until cancelled.</summary>
    public Task RunAsync(CancellationToken cancellationToken) => RunUntilAsync(() => false, cancellationToken);

    /// <summary>Acts until the cluster is whole, or needs a person.</summary>
    public Task RunUntilWholeAsync(CancellationToken cancellationToken) => RunUntilAsync(() => IsWhole || Problem is not null, cancellationToken);

    /// <summary>Has another instance become the primary, and returns when it takes writes; the supervisor must be running.</summary>
    /// <param name="target">Ordinal of the instance; null for the replica with the most WAL.</param>
    /// <param name="acceptLoss">
    /// Whether to promote it whatever it lacks, so that acknowledged writes may be lost: for a person who has read what a problem
    /// says. The old primary is ended first. Otherwise the change loses nothing.
    /// </param>
    /// <returns>Why it was refused; null where it is done.</returns>
    public async Task<string?> ChangePrimaryAsync(int? target, bool acceptLoss, CancellationToken cancellationToken)
    {
        var chosen = target ?? await NewestAsync(cancellationToken);
        if (chosen == 0)
        {
            return "no replica streams at the moment";
        }

        var wish = new Wish(chosen, acceptLoss);
        _wishes.Enqueue(wish);
        Signal();
        return await wish.Done.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Returns when the cluster is whole; the supervisor must be running.</summary>
    public async Task WhenWholeAsync(CancellationToken cancellationToken)
    {
        // What was done a moment ago may not have been noticed yet.
        for (var rounds = _rounds; _rounds < rounds + 2 || !IsWhole;)
        {
            Signal();
            await Task.Delay(Unrest, cancellationToken);
        }
    }

    /// <summary>Stops observing; the servers go on.</summary>
    public async ValueTask DisposeAsync()
    {
        await _runner.DisposeAsync();
        foreach (var observer in _observers.Values)
        {
            await observer.DisposeAsync();
        }

        _changed.Dispose();
    }

    private async Task RunUntilAsync(Func<bool> isDone, CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await TakeWishAsync(cancellationToken);
            var observations = await ObserveAsync(cancellationToken);
            var steps = FailoverDecision.Next(Memory, observations, _cluster.Rules);
            Judge(steps, observations);
            _rounds++;
            if (isDone())
            {
                return;
            }

            if (!await _runner.RunAsync(steps, Memory, cancellationToken))
            {
                await _changed.WaitAsync(IsWhole ? Rest : Unrest, cancellationToken);
            }

            while (_changed.CurrentCount > 0 && _changed.Wait(0, CancellationToken.None))
            {
                // One look serves for all that has changed.
            }
        }
    }

    /// <summary>While the primary is away, what replicas said before does not count: they are asked again.</summary>
    private async Task<IReadOnlyList<InstanceObservation>> ObserveAsync(CancellationToken cancellationToken)
    {
        var primary = _observers[Memory.Primary];
        var isThere = primary.Observe().IsPrimary;
        if (_wasPrimaryThere && !isThere)
        {
            Tell("lost", primary.Instance.Name, "the primary does not answer", TimeSpan.Zero);
        }

        _wasPrimaryThere = isThere;
        if (!isThere)
        {
            primary.Nudge();
            var replicas = _observers.Values.Where(observer => observer != primary && observer.Observe() is { IsReplica: true, IsBusy: false });
            await Task.WhenAll(replicas.Select(replica => replica.AskAsync(cancellationToken)));
        }
        else if (!IsWhole)
        {
            await primary.AskAsync(cancellationToken);
        }

        return [.. _observers.Values.Select(observer => observer.Observe())];
    }

    private void Judge(IReadOnlyList<FailoverStep> steps, IReadOnlyList<InstanceObservation> observations)
    {
        // What is said of a switchover comes after what is said of replicas, and somebody waits for it.
        Problem = steps.OfType<FailoverStep.Report>().LastOrDefault();
        if (Problem?.Message != _told)
        {
            var before = _told;
            _told = Problem?.Message;
            Tell(_told is null ? "resolved" : "problem", null, _told ?? $"no longer: {before}", TimeSpan.Zero);
        }

        var isWhole = steps.Count == 0 && ClusterHealth.IsWhole(Memory, observations, _cluster.Rules);
        if (isWhole && !IsWhole)
        {
            Tell("whole", null, $"{_cluster[Memory.Primary].Name} takes writes, {observations.Count - 1} replicas stream", TimeSpan.Zero);
        }

        IsWhole = isWhole;
        JudgeWish(observations);
    }

    private async Task TakeWishAsync(CancellationToken cancellationToken)
    {
        if (_wish is not null || !_wishes.TryDequeue(out var wish))
        {
            return;
        }

        _wish = wish;
        if (_observers.TryGetValue(wish.Target, out var target))
        {
            // What it said last may be older than the wish.
            await target.AskAsync(cancellationToken);
        }

        if (Memory.Primary != wish.Target)
        {
            Remember(new(
                wish.AcceptLoss
                    ? Memory with { Primary = wish.Target, Term = Memory.Term + 1, Promoting = true, SwitchoverTo = null, FormingFrom = ClusterMemory.NotInForce }
                    : Memory with { SwitchoverTo = wish.Target },
                "asked for"));
        }
    }

    private void JudgeWish(IReadOnlyList<InstanceObservation> observations)
    {
        if (_wish is not null)
        {
            _wish.Reason = Problem?.Message ?? _wish.Reason;
        }

        if (_wish is { } wish && Memory is { SwitchoverTo: null, Promoting: false })
        {
            if (Memory.Primary != wish.Target)
            {
                wish.Done.TrySetResult(wish.Reason ?? $"{_cluster[Memory.Primary].Name} is the primary");
                _wish = null;
            }
            else if (observations.Single(instance => instance.Ordinal == wish.Target).IsPrimary)
            {
                wish.Done.TrySetResult(null);
                _wish = null;
            }
        }
    }

    /// <summary>One that has only just come back, or whose supervisor has only just begun, is waited for.</summary>
    private async Task<int> NewestAsync(CancellationToken cancellationToken)
    {
        var start = Stopwatch.GetTimestamp();
        int newest;
        while ((newest = Newest()) == 0 && Stopwatch.GetElapsedTime(start) < _cluster.Rules.UnresponsiveAfter)
        {
            await Task.Delay(Unrest, cancellationToken);
        }

        return newest;
    }

    private int Newest() => _observers.Values.Select(observer => observer.Observe())
        .Where(observation => observation.Ordinal != Memory.Primary && observation.Answer is { IsStreaming: true })
        .OrderByDescending(observation => observation.Answer!.Flushed)
        .ThenBy(observation => observation.Ordinal)
        .Select(observation => observation.Ordinal)
        .FirstOrDefault();

    private void Remember(FailoverStep.Remember step)
    {
        var start = Stopwatch.GetTimestamp();
        _store.Write(_cluster.Cluster.Name, step.Memory);
        var before = Memory;
        Memory = step.Memory;
        if (before.Primary != Memory.Primary)
        {
            Tell("elected", _cluster[Memory.Primary].Name, step.Why, Stopwatch.GetElapsedTime(start));
        }
    }

    private void Tell(string kind, string? instance, string message, TimeSpan duration) =>
        _tell(new(TimeProvider.System.GetUtcNow(), _cluster.Cluster.Name, instance, kind, message, duration));

    private void Signal()
    {
        if (_changed.CurrentCount == 0)
        {
            _changed.Release();
        }
    }

    private sealed record Wish(int Target, bool AcceptLoss)
    {
        public string? Reason { get; set; }

        public TaskCompletionSource<string?> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
