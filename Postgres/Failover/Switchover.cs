namespace PgAspire.Postgres.Failover;

/// <summary>A planned change of the primary, while the primary is well. Once it is stopped, <see cref="Succession"/> goes on.</summary>
internal static class Switchover
{
    public static IReadOnlyList<FailoverStep> Next(
        ClusterMemory memory, InstanceObservation primary, IReadOnlyList<InstanceObservation> replicas, int target, FailoverRules rules)
    {
        if (Refuse(memory, primary, replicas.FirstOrDefault(replica => replica.Ordinal == target), rules) is { } reason)
        {
            return
            [
                new FailoverStep.Report(FailoverProblem.SwitchoverRefused, $"no switchover to {target}: {reason}"),
                new FailoverStep.Remember(memory with { SwitchoverTo = null, Quorum = rules.Quorum, Voters = All(primary, replicas) }, "the switchover is refused"),
            ];
        }

        if (memory.FormingFrom is not null || primary.IsBusy)
        {
            return [];
        }

        return memory.Quorum > 0
            ? [new FailoverStep.Shutdown(primary.Ordinal, $"switchover to {target}")]
            :
            [
                new FailoverStep.Require(primary.Ordinal, target),
                new FailoverStep.Remember(memory with { Quorum = 1, Voters = [primary.Ordinal, target] }, "commits wait for the replica that takes over"),
            ];
    }

    private static string? Refuse(ClusterMemory memory, InstanceObservation primary, InstanceObservation? target, FailoverRules rules) => target switch
    {
        null => "there is no such replica",
        { IsReplica: false } => "it does not answer as a replica",
        _ when !FailoverDecision.Follows(memory, target) || !target.Answer!.IsStreaming => "it does not stream from the primary",
        _ when (ulong)target.Answer.Flushed + rules.LargestLag < (ulong)primary.Answer!.Flushed => "it is too far behind",
        _ => null,
    };

    private static IReadOnlyList<int> All(InstanceObservation primary, IReadOnlyList<InstanceObservation> replicas) =>
        [.. replicas.Append(primary).Select(instance => instance.Ordinal).Order()];
}
