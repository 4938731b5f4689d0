using System.Globalization;

namespace PgAspire.Postgres.Failover;

/// <summary>
/// A planned change of the primary, while the primary is well. What an election would have to do first is done before anybody waits for
/// it: the others follow the next primary already, which passes on what it gets. Once the old one is stopped, <see cref="Succession"/> goes on.
/// </summary>
internal static class Switchover
{
    public static IReadOnlyList<FailoverStep> Next(
        ClusterMemory memory, InstanceObservation primary, IReadOnlyList<InstanceObservation> replicas, int target, FailoverRules rules)
    {
        var chosen = replicas.FirstOrDefault(replica => replica.Ordinal == target);
        var name = chosen?.Name ?? target.ToString(CultureInfo.InvariantCulture);
        if (MayYetStream(chosen, rules))
        {
            return [];
        }

        if (Refuse(memory, primary, replicas, chosen, rules) is { } reason)
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

        if (!memory.IsFormed || primary.IsBusy || chosen!.IsBusy)
        {
            return [];
        }

        if (HasTooFewElectors(memory, replicas))
        {
            // The old primary would be started again, and stopped again, for ever.
            return [new FailoverStep.Remember(
                memory with
                {
                    Voters = [.. Streaming(memory, replicas).Append(primary).Select(instance => instance.Ordinal).Order()],
                    FormingFrom = ClusterMemory.NotInForce,
                },
                "commits wait for replicas that can be asked")];
        }

        if (Preparation(memory, primary, replicas, chosen) is { Count: > 0 } preparation)
        {
            return preparation;
        }

        return replicas.Any(replica => replica is { IsBusy: true, IsReplica: true }) ? [] : [new FailoverStep.Shutdown(primary.Ordinal, $"switchover to {name}")];
    }

    private static IReadOnlyList<FailoverStep> Preparation(
        ClusterMemory memory, InstanceObservation primary, IReadOnlyList<InstanceObservation> replicas, InstanceObservation target)
    {
        var streaming = Streaming(memory, replicas);
        var slots = replicas.Prepend(primary).Select(instance => instance.Ordinal).Where(ordinal => ordinal != target.Ordinal).ToHashSet();
        // As many as commits wait for stay with the old primary, the next one among them, or no commit would end before its shutdown.
        return Candidacy.HaveFollow(target, slots, streaming.Where(replica => replica != target).Take(streaming.Count - memory.Quorum));
    }

    private static List<InstanceObservation> Streaming(ClusterMemory memory, IReadOnlyList<InstanceObservation> replicas) =>
        [.. replicas.Where(replica => memory.Voters.Contains(replica.Ordinal) && FailoverDecision.Follows(memory, replica) && replica.Answer!.IsStreaming)];

    /// <summary>Whether too few can be asked to be certain of the next primary once the old one is gone.</summary>
    private static bool HasTooFewElectors(ClusterMemory memory, IReadOnlyList<InstanceObservation> replicas) =>
        replicas.Count(replica => memory.Voters.Contains(replica.Ordinal) && FailoverDecision.IsOfTimeline(memory, replica)) < Candidacy.Needed(memory);

    /// <summary>Whether it has only just come back, or was slow to answer once: what is over in a moment is no reason to refuse.</summary>
    private static bool MayYetStream(InstanceObservation? target, FailoverRules rules) => target switch
    {
        null or { IsRunning: false } or { IsHeadless: true } or { Refusal: not null } => false,
        { IsBetween: true } => target.BetweenFor < rules.UnresponsiveAfter,
        { Answer: null } => target.SilentFor < rules.UnresponsiveAfter,
        _ => !target.Answer.IsStreaming && target.StalledFor < rules.UnresponsiveAfter,
    };

    private static string? Refuse(
        ClusterMemory memory, InstanceObservation primary, IReadOnlyList<InstanceObservation> replicas, InstanceObservation? target, FailoverRules rules) => target switch
    {
        null => "there is no such replica",
        { IsReplica: false } => "it does not answer as a replica",
        _ when !FailoverDecision.Follows(memory, target) || !target.Answer!.IsStreaming => "it does not stream from the primary",
        _ when (ulong)target.Answer.Flushed + rules.LargestLag < (ulong)primary.Answer!.Flushed => "it is too far behind",
        _ when memory.IsFormed && HasTooFewElectors(memory, replicas) && Streaming(memory, replicas).Count < memory.Quorum =>
            string.Create(CultureInfo.InvariantCulture, $"commits wait for {memory.Quorum} replicas, and fewer stream"),
        _ => null,
    };
}
