using System.Collections.Concurrent;
using System.Diagnostics;
using Aspire.Hosting;
using PgAspire.Hosting.Instances;
using PgAspire.Hosting.Resources;
using PgAspire.Postgres.Control;
using PgAspire.Postgres.Topology;

namespace PgAspire.Hosting.Supervision;

/// <summary>
/// What there is of a cluster's servers: by the container's first process where that is this machine's, since to ask the engine costs as
/// much as a step of a failover, and it knows of an end only a second later; else by the engine.
/// </summary>
internal sealed class ContainerProcesses(PostgresClusterResource cluster, ContainerEngine engine, IServiceProvider services)
{
    private static readonly string[] GoneStates = ["", "created", "exited", "dead"];
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(250);
    private readonly ConcurrentDictionary<int, LocalProcess> _processes = new();
    private readonly ConcurrentDictionary<int, long> _gone = new();
    private readonly ConcurrentDictionary<int, Task> _looks = new();

    /// <summary>
    /// What there is of an instance's server. Whether somebody has started the container of one that was seen to end again is looked for
    /// behind the caller's back.
    /// </summary>
    public ServerProcess Of(Instance instance)
    {
        var known = _processes.GetValueOrDefault(instance.Ordinal);
        if (known?.IsAlive == true)
        {
            return ServerProcess.Running;
        }

        var asked = Stopwatch.GetTimestamp();
        var since = _gone.GetOrAdd(instance.Ordinal, known is null ? 0 : asked);
        if (Stopwatch.GetElapsedTime(since) < Moment)
        {
            return ServerProcess.Gone;
        }

        _gone[instance.Ordinal] = asked;
        if (known is not null)
        {
            // One at a time, however long the engine takes.
            _looks.AddOrUpdate(instance.Ordinal, _ => LookAgainAsync(instance), (_, look) => look.IsCompleted ? LookAgainAsync(instance) : look);
            return ServerProcess.Gone;
        }

        if (!RunsByEngine(instance))
        {
            return ServerProcess.Gone;
        }

        _gone.TryRemove(instance.Ordinal, out _);
        return ServerProcess.Running;
    }

    /// <summary>Whether it runs now, whoever started it.</summary>
    public bool Runs(Instance instance) => _processes.GetValueOrDefault(instance.Ordinal)?.IsAlive == true || RunsByEngine(instance);

    /// <summary>Whether the engine takes it for running; and finds its process where that is this machine's.</summary>
    public bool RunsByEngine(Instance instance)
    {
        var (state, id) = InstanceData.ContainerOf(cluster.Instances[instance.Ordinal - 1], services) is { } container ? engine.LookAt(container) : ("", 0);
        if (GoneStates.Contains(state))
        {
            return false;
        }

        if (LocalProcess.Find(id) is { } process)
        {
            _processes[instance.Ordinal] = process;
        }

        return true;
    }

    /// <summary>It has just been started: the process that it had before is not to be taken for its own.</summary>
    public void HasStarted(Instance instance)
    {
        RunsByEngine(instance);
        _gone.TryRemove(instance.Ordinal, out _);
    }

    private Task LookAgainAsync(Instance instance) => Task.Run(() =>
    {
        try
        {
            RunsByEngine(instance);
        }
        catch (DistributedApplicationException)
        {
            // The next look tells more; whoever needs the engine fails by himself.
        }
    });
}
