using PgAspire.Postgres.Failover;

namespace PgAspire.Tests.Failover.Simulation;

/// <summary>How a supervisor does each step: between any two moments that these yield (as ticks to wait) it may be killed.</summary>
internal static class SimulatedSteps
{
    private const int Patience = 100;

    public static IEnumerable<int> Do(SimulatedCluster cluster, FailoverStep step, ClusterMemory memory) => step switch
    {
        FailoverStep.Fence fence => Fence(cluster, cluster[fence.Ordinal]),
        FailoverStep.StartPrimary start => Start(cluster, cluster[start.Ordinal], Moment.PrimaryStarted),
        FailoverStep.Promote promote => Promote(cluster, cluster[promote.Ordinal]),
        FailoverStep.StartReplica start => StartReplica(cluster, cluster[start.Ordinal], cluster[memory.Primary], start.Anew),
        FailoverStep.Repoint repoint => Set(cluster, cluster[repoint.Ordinal], Moment.Repointed, data =>
        {
            data.Upstream = repoint.Upstream;
            (cluster[repoint.Ordinal].StreamsFrom, cluster[repoint.Ordinal].Confirmed) = (0, 0);
        }),
        FailoverStep.SetSlots slots => Set(cluster, cluster[slots.Ordinal], Moment.Any, data => data.Slots = slots.Replicas),
        FailoverStep.SetQuorum quorum => Set(cluster, cluster[quorum.Ordinal], Moment.QuorumSet, data => data.Quorum = SimulatedQuorum.Of(memory)),
        FailoverStep.Shutdown stop => Shutdown(cluster, cluster[stop.Ordinal]),
        _ => throw new InvalidOperationException($"{step} is no step that takes time."),
    };

    public static int InstanceOf(FailoverStep step) => step switch
    {
        FailoverStep.Fence fence => fence.Ordinal,
        FailoverStep.StartPrimary start => start.Ordinal,
        FailoverStep.Promote promote => promote.Ordinal,
        FailoverStep.StartReplica start => start.Ordinal,
        FailoverStep.Repoint repoint => repoint.Ordinal,
        FailoverStep.SetSlots slots => slots.Ordinal,
        FailoverStep.SetQuorum quorum => quorum.Ordinal,
        FailoverStep.Shutdown stop => stop.Ordinal,
        _ => throw new InvalidOperationException($"{step} is about no instance."),
    };

    private static IEnumerable<int> Fence(SimulatedCluster cluster, SimulatedServer server)
    {
        yield return cluster.Between(0, 3);
        server.Kill();
        cluster.Happened(Moment.Fenced);
        yield return cluster.Between(0, 1);
    }

    private static IEnumerable<int> Start(SimulatedCluster cluster, SimulatedServer server, Moment moment)
    {
        yield return cluster.Between(0, 4);
        if (!server.IsRunning)
        {
            server.Start(cluster.Now, cluster.Between(1, 10), isStranger: false);
        }

        cluster.Happened(moment);
        for (var waited = 0; !server.Answers(cluster.Now); waited++)
        {
            if (waited > Patience || !server.IsRunning)
            {
                throw new StepFailedException("it does not accept connections");
            }

            yield return 1;
        }
    }

    private static IEnumerable<int> Promote(SimulatedCluster cluster, SimulatedServer server)
    {
        yield return cluster.Between(0, 2);
        Require(cluster, server);
        server.PromotesAt ??= cluster.Now + cluster.Between(0, 4);
        cluster.Happened(Moment.ToldToPromote);
        for (var waited = 0; !server.TakesWrites(cluster.Now); waited++)
        {
            yield return 1;
            if (waited > Patience || !server.IsRunning)
            {
                throw new StepFailedException("it does not take writes");
            }
        }
    }

    private static IEnumerable<int> StartReplica(SimulatedCluster cluster, SimulatedServer server, SimulatedServer primary, bool anew)
    {
        yield return cluster.Between(0, 3);
        if (anew || server.Data is null)
        {
            cluster.Miss(server);
            cluster.Happened(Moment.CopyBegun);
            yield return cluster.Between(4, 30);
            (server.Data, server.StartsToFail) = (Source(cluster, server, primary).Copy(), 0);
        }
        else if (!server.IsRunning && !server.Data.IsReplica)
        {
            yield return cluster.Between(1, 6);
            var source = Source(cluster, server, primary);
            if (server.IsRunning || server.Data is not { } parted)
            {
                throw new StepFailedException("something else was done to it");
            }

            parted.Rewind(source);
            (parted.IsReplica, parted.Upstream) = (true, primary.Ordinal);
            cluster.Happened(Moment.Rewound);
        }

        if (!server.IsRunning)
        {
            var data = server.Data ?? throw new StepFailedException("its data are lost");
            (data.IsReplica, data.Upstream) = (true, primary.Ordinal);
            yield return 0;
        }

        foreach (var wait in Start(cluster, server, Moment.Any))
        {
            yield return wait;
        }
    }

    /// <summary>What a new replica or a rewound one is made from: a server that takes writes.</summary>
    private static SimulatedData Source(SimulatedCluster cluster, SimulatedServer server, SimulatedServer primary) =>
        primary.TakesWrites(cluster.Now) && cluster.Now >= primary.ApartUntil && cluster.Now >= server.ApartUntil
            ? primary.Data!
            : throw new StepFailedException("the primary cannot be reached");

    private static IEnumerable<int> Set(SimulatedCluster cluster, SimulatedServer server, Moment moment, Action<SimulatedData> change)
    {
        yield return cluster.Between(0, 2);
        Require(cluster, server);
        change(server.Data!);
        cluster.Happened(moment);
        yield return cluster.Between(0, 1);
    }

    private static IEnumerable<int> Shutdown(SimulatedCluster cluster, SimulatedServer server)
    {
        yield return cluster.Between(0, 2);
        server.Waiting.Clear();
        server.StopsBy ??= server.IsRunning ? cluster.Now + cluster.Between(1, 20) : null;
        for (var waited = 0; server.IsRunning; waited++)
        {
            if (waited > Patience)
            {
                throw new StepFailedException("it does not stop");
            }

            yield return 1;
        }

        cluster.Happened(Moment.ShutDown);
    }

    private static void Require(SimulatedCluster cluster, SimulatedServer server)
    {
        if (!server.Answers(cluster.Now) || cluster.Now < server.UnseenUntil)
        {
            throw new StepFailedException("it cannot be reached");
        }
    }
}
