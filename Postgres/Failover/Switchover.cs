using System.Globalization;

namespace PgAspire.Postgres.Failover;

/// <summary>A planned change of the primary, while the primary is well. Once it is stopped, <see cref="Succession"/> goes on.</summary>
internal static class Switchover
{
    public static IReadOnlyList<FailoverStep> Next(
        ClusterMemory memory, InstanceObservation primary, IReadOnlyList<InstanceObservation> replicas, int target, FailoverRules rules)
    {
        var chosen = replicas.FirstOrDefault(replica => replica.Ordinal == target);
        var name = chosen?.Name ?? target.ToString(CultureInfo.InvariantCulture);
        if (Refuse(memory, primary, chosen, rules) is { } reason)
        {
            return
            [
                new FailoverStep.Report(FailoverProblem.SwitchoverRefused, $"no switchover to {name}: {reason}"),
                new FailoverStep.Remember(memory with { SwitchoverTo = null }, "the switchover is refused"),
            ];
        }

        if (memory.Quorum == 0 || (rules.Quorum == 0 && !memory.Voters.Contains(target)))
        {
            // Whatever is acknowledged from then on is certain to be on the replica that takes over.
            return [new FailoverStep.Remember(
                memory with { Quorum = 1, Voters = [primary.Ordinal, target], FormingFrom = ClusterMemory.NotInForce }, "commits wait for the replica that takes over")];
        }

        return memory.IsFormed && !primary.IsBusy ? [new FailoverStep.Shutdown(primary.Ordinal, $"switchover to {name}")] : [];
    }

    private static string? Refuse(ClusterMemory memory, InstanceObservation primary, InstanceObservation? target, FailoverRules rules) => target switch
    {
        null => "there is no such replica",
        { IsReplica: false } => "it does not answer as a replica",
        _ when !FailoverDecision.Follows(memory, target) || !target.Answer!.IsStreaming => "it does not stream from the primary",
        _ when (ulong)target.Answer.Flushed + rules.LargestLag < (ulong)primary.Answer!.Flushed => "it is too far behind",
        _ => null,
    };
}
