using PgAspire.Postgres.Failover;

namespace PgAspire.Tests.Failover.Simulation;

/// <summary>Observes, decides, does one batch of steps, and begins again, until it is killed; only its memory outlives it.</summary>
internal sealed class SimulatedSupervisor
{
    private readonly SimulatedCluster _cluster;
    private readonly FailoverRules _rules;
    private readonly List<InstanceView> _views;
    private readonly List<Work> _background = [];
    private readonly Dictionary<(Type, int), (int Failures, int Until)> _failures = [];
    private readonly Queue<FailoverStep> _batch = [];
    private ClusterMemory _deciding;
    private Work? _foreground;
    private int _nextLook;

    public SimulatedSupervisor(SimulatedCluster cluster, ClusterMemory memory, FailoverRules rules)
    {
        (_cluster, Memory, _deciding, _rules) = (cluster, memory, memory, rules);
        _views = [.. cluster.Servers.Select(server => new InstanceView(cluster, server))];
    }

    /// <summary>How much time a tick of the simulated clock is.</summary>
    public static TimeSpan Tick { get; } = TimeSpan.FromMilliseconds(50);

    public ClusterMemory Memory { get; private set; }

    public FailoverStep.Report? Problem { get; private set; }

    public int? WantedSwitchover { get; set; }

    /// <summary>Nothing is done any more, not even the rest of what is being done.</summary>
    public bool IsKilled { get; set; }

    public void Act()
    {
        foreach (var view in _views)
        {
            view.Tick();
        }

        for (var index = _background.Count - 1; index >= 0 && !IsKilled; index--)
        {
            if (Advance(_background[index]))
            {
                _background.RemoveAt(index);
            }
        }

        _foreground = !IsKilled && _foreground is not null && Advance(_foreground) ? null : _foreground;
        while (!IsKilled && _foreground is null && _batch.TryDequeue(out var step))
        {
            Begin(step);
        }

        if (!IsKilled && _foreground is null && (_cluster.Now >= _nextLook || _views.Exists(view => view.IsNews)))
        {
            Decide();
        }
    }

    private void Decide()
    {
        if (WantedSwitchover is { } target)
        {
            WantedSwitchover = null;
            Remember(new(Memory with { SwitchoverTo = target }, "asked for"), []);
        }

        var primary = _views[Memory.Primary - 1];
        if (!primary.Observe().IsPrimary)
        {
            _views.ForEach(view => view.Ask());
        }

        List<InstanceObservation> observations = [.. _views.Select(view => view.Observe())];
        _views.ForEach(view => view.IsNews = false);
        var steps = FailoverDecision.Next(Memory, observations, _rules);
        (_deciding, _nextLook) = (Memory, _cluster.Now + 2);
        Problem = steps.OfType<FailoverStep.Report>().FirstOrDefault();
        foreach (var step in steps)
        {
            if (IsKilled)
            {
                return;
            }

            if (step is FailoverStep.Remember remember)
            {
                Remember(remember, observations);
                _nextLook = _cluster.Now;
            }
            else
            {
                _batch.Enqueue(step);
            }
        }
    }

    private void Remember(FailoverStep.Remember step, List<InstanceObservation> observations)
    {
        var before = Memory;
        Memory = step.Memory;
        _cluster.Trace($"remembered: {Text(Memory)} ({step.Why})");
        if (before.Primary != Memory.Primary)
        {
            Elections.Check(_cluster, before, Memory, observations, _rules);
            _cluster.Happened(Moment.Elected);
        }
        else
        {
            _cluster.Happened(Moment.Remembered);
        }
    }

    private void Begin(FailoverStep step)
    {
        if (step is FailoverStep.Report)
        {
            return;
        }

        // What can take long, and is about a replica, never stands in the way of a new primary.
        var ordinal = SimulatedSteps.InstanceOf(step);
        Begin(step, ordinal, step is FailoverStep.StartReplica or FailoverStep.Repoint || (step is FailoverStep.Shutdown && ordinal != Memory.Primary));
    }

    private void Begin(FailoverStep step, int ordinal, bool isBackground)
    {
        var view = _views[ordinal - 1];
        var isPaused = view.IsBusy || (_failures.TryGetValue((step.GetType(), ordinal), out var failure) && _cluster.Now < failure.Until);
        if (isPaused && step is not FailoverStep.Fence)
        {
            return;
        }

        _cluster.Trace($"begins {step.GetType().Name} of {ordinal}{Detail(step)}");
        view.Begin();
        var work = new Work(step, view, SimulatedSteps.Do(_cluster, step, _deciding).GetEnumerator(), _cluster.Now);
        if (isBackground)
        {
            _background.Add(work);
        }
        else
        {
            _foreground = work;
        }
    }

    /// <summary>Whether it is over.</summary>
    private bool Advance(Work work)
    {
        var key = (work.Step.GetType(), work.View.Server.Ordinal);
        try
        {
            while (!IsKilled && _cluster.Now >= work.Next)
            {
                if (!work.Steps.MoveNext())
                {
                    _failures.Remove(key);
                    work.View.FailedStarts += work.Step is FailoverStep.Shutdown ? 1 : 0;
                    Over(work);
                    return true;
                }

                work.Next = _cluster.Now + work.Steps.Current;
            }

            return false;
        }
        catch (StepFailedException exception)
        {
            var failures = _failures.GetValueOrDefault(key).Failures + 1;
            _failures[key] = (failures, _cluster.Now + Math.Min(40, 5 << Math.Min(failures, 3)));
            work.View.FailedStarts += work.Step is FailoverStep.StartPrimary or FailoverStep.StartReplica ? 1 : 0;
            _cluster.Trace($"failed {work.Step.GetType().Name} of {work.View.Server.Ordinal}: {exception.Message}");
            Over(work);
            return true;
        }
    }

    private void Over(Work work)
    {
        work.View.End();
        work.View.IsNews = true;
        work.View.Ask();
        _nextLook = _cluster.Now;
    }

    private static string Text(ClusterMemory memory)
    {
        var quorum = memory.Quorum == 0 ? "asynchronous" : memory.Synchronous;
        var forming = memory.FormingFrom is not { } from ? "" : from == ClusterMemory.NotInForce ? " not in force" : $" forming from {(ulong)from}";
        return $"{memory.Primary} in term {memory.Term}{(memory.Promoting ? " promoting" : "")}, timeline {memory.Timeline}, {quorum}{forming}{(memory.SwitchoverTo is { } to ? $", to {to}" : "")}";
    }

    private static string Detail(FailoverStep step) => step switch
    {
        FailoverStep.Repoint repoint => $" to {repoint.Upstream}",
        FailoverStep.Fence fence => $" because {fence.Why}",
        FailoverStep.StartReplica { Anew: true } => " anew",
        _ => "",
    };

    private sealed record Work(FailoverStep Step, InstanceView View, IEnumerator<int> Steps, int Begun)
    {
        public int Next { get; set; } = Begun;
    }
}
