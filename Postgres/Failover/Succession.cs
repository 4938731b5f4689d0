namespace PgAspire.Postgres.Failover;

/// <summary>What becomes of a cluster whose primary is certain to be gone: another one is chosen, or the old one starts again.</summary>
internal static class Succession
{
    public static IReadOnlyList<FailoverStep> Next(
        ClusterMemory memory, InstanceObservation gone, IReadOnlyList<InstanceObservation> others, FailoverRules rules)
    {
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

        return memory.Promoting ? [NoElectable(memory, gone, others, candidates)] : WithoutPrimary(memory, gone, others, candidates, rules);
    }

    /// <summary>The old primary does not come back: whoever may have what it had is asked.</summary>
    private static IReadOnlyList<FailoverStep> WithoutPrimary(
        ClusterMemory memory, InstanceObservation gone, IReadOnlyList<InstanceObservation> others, IReadOnlyList<InstanceObservation> candidates, FailoverRules rules)
    {
        var silent = others.Where(other => other is { IsRunning: false, HasData: true, IsBusy: false } && other.FailedStarts < rules.StartTries).ToList();
        return true switch
        {
            _ when silent.Count > 0 => [.. silent.Select(other => new FailoverStep.StartReplica(other.Ordinal, Anew: false))],
            _ when others.Any(other => other.IsBusy || other.Answer is { InRecovery: true, IsSettled: false }) => [],
            _ when memory.Quorum == 0 => Asynchronous(memory, gone, candidates, rules),
            _ => [NoElectable(memory, gone, others, candidates)],
        };
    }

    private static bool IsCandidate(ClusterMemory memory, InstanceObservation gone, InstanceObservation other) =>
        other.Answer is { InRecovery: true, IsSettled: true } answer
        && other.AnswerAge < gone.GoneFor
        && answer.Timeline == memory.Timeline;

    private static bool MayYetAnswer(InstanceObservation other, InstanceObservation gone, FailoverRules rules) =>
        other.IsBetween || other.IsBusy || (other.IsRunning && other.SilentFor < rules.UnresponsiveAfter && (other.Answer is null || !other.Answer.IsSettled || other.AnswerAge >= gone.GoneFor));

    private static IReadOnlyList<FailoverStep> Asynchronous(
        ClusterMemory memory, InstanceObservation gone, IReadOnlyList<InstanceObservation> candidates, FailoverRules rules)
    {
        if (Candidacy.Best(candidates.Where(candidate => !candidate.IsBusy), memory.SwitchoverTo) is not { } best)
        {
            return [NoElectable(memory, gone, [], candidates)];
        }

        var (had, has) = ((ulong?)gone.LastAnswer?.Flushed, (ulong)best.Answer!.Flushed);
        return had is null || had > has + rules.LargestLag
            ? [new FailoverStep.Report(FailoverProblem.TooFarBehind, string.Create(System.Globalization.CultureInfo.InvariantCulture,
                $"the primary {gone.Ordinal} does not start, and the newest replica {best.Ordinal} lacks {(had is null ? "nobody knows how much" : $"{had - has} bytes")} of its WAL: repair the primary, or promote the replica by hand and lose that"))]
            : [Candidacy.Elect(memory, best, "the primary does not start; commits wait for no replica, and this one has the most")];
    }

    private static FailoverStep.Report NoElectable(
        ClusterMemory memory, InstanceObservation gone, IReadOnlyList<InstanceObservation> others, IReadOnlyList<InstanceObservation> candidates)
    {
        var unseen = others.Where(other => candidates.All(candidate => candidate.Ordinal != other.Ordinal)).Select(other => other.Ordinal);
        return new(FailoverProblem.NoElectableReplica,
            $"the primary {gone.Ordinal} does not start, and no replica is certain to have every acknowledged write"
            + (unseen.Any() ? $" ({string.Join(", ", unseen)} cannot be asked and may have some that no other has)" : "")
            + ": repair one of these, or promote a replica by hand and lose what it lacks");
    }
}
