namespace PgAspire.Postgres.Failover;

/// <summary>Whether anything is left to be done about a cluster.</summary>
public static class ClusterHealth
{
    /// <summary>Whether the primary takes writes, every other instance streams from it, and commits wait for what is declared.</summary>
    public static bool IsWhole(ClusterMemory memory, IReadOnlyList<InstanceObservation> observations, FailoverRules rules) =>
        memory is { Promoting: false, FormingFrom: null, SwitchoverTo: null }
        && memory.Quorum == rules.Quorum
        && observations.All(instance => !instance.IsBusy && (instance.Ordinal == memory.Primary
            ? instance.IsPrimary
            : FailoverDecision.Follows(memory, instance) && instance.Answer!.IsStreaming));
}
