using System.Globalization;

namespace PgAspire.Postgres.Failover;

/// <summary>What becomes of a cluster whose primary is certain to be gone: another one is chosen, or the old one starts again.</summary>
internal static class Succession
{
    public static IReadOnlyList<FailoverStep> Next(
        ClusterMemory memory, InstanceObservation gone, IReadOnlyList<InstanceObservation> others, FailoverRules rules)
    {
        if (FailoverDecision.Formed(memory, others) is { } formed)
        {
            return [formed];
        }

        var candidates = others.Where(other => IsCandidate(memory, gone, other)).ToList();
        if (memory.IsFormed)
        {
            if (Candidacy.Next(memory, candidates) is { } steps)
            {
                return steps;
            }

            if (gone.GoneFor < rules.ElectionPatience && others.Any(other => MayYetAnswer(other, gone, rules)))
            {
                return [];
            }
        }

        // Whatever was acknowledged is on its disk.
        if (gone.HasData && gone.FailedStarts < rules.StartTries)
        {
            return [new FailoverStep.StartPrimary(gone.Ordinal)];
        }

        if (memory.Promoting)
        {
            return [NoElectable(gone, others, candidates), .. Again(gone, [])];
        }

        // One that was never seen has been copied by nobody yet: the others would wait for it.
        return memory.Timeline == 0 ? [NeverSeen(gone), .. Again(gone, [])] : WithoutPrimary(memory, gone, others, candidates, rules);
    }

    /// <summary>The old primary does not come back: whoever may have what it had is asked.</summary>
    private static IReadOnlyList<FailoverStep> WithoutPrimary(
        ClusterMemory memory, InstanceObservation gone, IReadOnlyList<InstanceObservation> others, IReadOnlyList<InstanceObservation> candidates, FailoverRules rules)
    {
        var silent = others.Where(other => other is { IsRunning: false, HasData: true, IsBusy: false }).ToList();
        var hopeful = silent.Where(other => other.FailedStarts < rules.StartTries).ToList();
        if (hopeful.Count > 0)
        {
            return [.. hopeful.Select(other => new FailoverStep.StartReplica(other.Ordinal, Anew: false))];
        }

        if (others.Any(other => (other.IsBusy && other.FailedStarts < rules.StartTries) || other.Answer is { InRecovery: true, IsSettled: false }))
        {
            return [];
        }

        var step = memory.Quorum == 0 ? Asynchronous(memory, gone, others, candidates, rules) : NoElectable(gone, others, candidates);
        return step is FailoverStep.Report ? [step, .. Again(gone, silent)] : [step];
    }

    /// <summary>Whatever kept them from starting may have been mended meanwhile; the supervisor takes its time between tries.</summary>
    private static IEnumerable<FailoverStep> Again(InstanceObservation gone, IEnumerable<InstanceObservation> silent) =>
    [
        .. gone.HasData ? new FailoverStep[] { new FailoverStep.StartPrimary(gone.Ordinal) } : [],
        .. silent.Select(other => new FailoverStep.StartReplica(other.Ordinal, Anew: false)),
    ];

    private static bool IsCandidate(ClusterMemory memory, InstanceObservation gone, InstanceObservation other) =>
        FailoverDecision.IsOfTimeline(memory, other) && other.AnswerAge < gone.GoneFor;

    private static bool MayYetAnswer(InstanceObservation other, InstanceObservation gone, FailoverRules rules) =>
        other.IsBetween || other.IsBusy || (other.IsRunning && other.Refusal is null && other.SilentFor < rules.UnresponsiveAfter && (other.Answer is null || !other.Answer.IsSettled || other.AnswerAge >= gone.GoneFor));

    private static FailoverStep Asynchronous(
        ClusterMemory memory, InstanceObservation gone, IReadOnlyList<InstanceObservation> others, IReadOnlyList<InstanceObservation> candidates, FailoverRules rules)
    {
        if (Candidacy.Best(candidates.Where(candidate => !candidate.IsBusy), memory.SwitchoverTo) is not { } best)
        {
            return NoElectable(gone, others, candidates);
        }

        var (had, has) = ((ulong?)gone.LastAnswer?.Flushed, (ulong)best.Answer!.Flushed);
        return had is null || had > has + rules.LargestLag
            ? new FailoverStep.Report(FailoverProblem.TooFarBehind, string.Create(CultureInfo.InvariantCulture,
                $"the primary {gone.Name} does not start, and the newest replica {best.Name} lacks {(had is null ? "nobody knows how much" : $"{had - has} bytes")} of its WAL: repair the primary, or lose that: pgaspire promote {best.Name} --accept-loss"))
            : Candidacy.Elect(memory, best, "the primary does not start; commits wait for no replica, and this one has the most");
    }

    private static FailoverStep.Report NeverSeen(InstanceObservation gone) => new(
        FailoverProblem.NoElectableReplica,
        $"the primary {gone.Name} does not start, and nobody has seen it take writes yet: its log says why, and it is tried again; "
        + "where there are data of others that count: pgaspire promote INSTANCE --accept-loss");

    private static FailoverStep.Report NoElectable(
        InstanceObservation gone, IReadOnlyList<InstanceObservation> others, IReadOnlyList<InstanceObservation> candidates)
    {
        var unseen = others.Where(other => candidates.All(candidate => candidate.Ordinal != other.Ordinal)).Select(other => other.Name);
        return new(FailoverProblem.NoElectableReplica,
            $"the primary {gone.Name} does not start, and no replica is certain to have every acknowledged write"
            + (unseen.Any() ? $" ({string.Join(", ", unseen)} cannot be asked and may have some that no other has)" : "")
            + ": repair one of these, or lose what a replica lacks: pgaspire promote INSTANCE --accept-loss");
    }
}
