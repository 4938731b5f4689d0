using PgAspire.Postgres.Failover;

namespace PgAspire.Tests.Failover.Simulation;

/// <summary>What must hold when another primary is remembered.</summary>
internal static class Elections
{
    public static void Check(SimulatedCluster cluster, ClusterMemory before, ClusterMemory after, List<InstanceObservation> observations, FailoverRules rules)
    {
        var old = cluster[before.Primary];
        var wasRunning = old is { IsRunning: true, IsStrangers: false } && !old.Data!.IsReplica;
        if (wasRunning)
        {
            throw new BrokenInvariantException($"{after.Primary} was elected while {old} may still take writes");
        }

        if (after.Term <= before.Term || !after.Promoting)
        {
            throw new BrokenInvariantException($"term {after.Term} follows term {before.Term}");
        }

        if (before.Quorum == 0 && old.Data is not null && observations[before.Primary - 1].FailedStarts < rules.StartTries)
        {
            throw new BrokenInvariantException($"{after.Primary} was elected though commits waited for no replica and {old} was not started {rules.StartTries} times");
        }
    }
}
