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
            var best = Best(candidates.Where(candidate => memory.Voters.Contains(candidate.Ordinal)), memory.SwitchoverTo);
            if (best is not null && candidates.Count(candidate => memory.Voters.Contains(candidate.Ordinal)) >= Needed(memory))
            {
                return [Elect(memory, best, "enough replicas answer to be certain that it has every acknowledged write")];
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

        return memory is { Quorum: 0, Promoting: false } ? Asynchronous(memory, gone, candidates, rules) : [NoElectable(memory, gone, others, candidates)];
    }

    /// <summary>
    /// How many voters have to be seen so that one of them is in every quorum there ever was: any two sets of these sizes share a
    /// member.
    /// </summary>
    internal static int Needed(ClusterMemory memory) => memory.Voters.Count(voter => voter != memory.Primary) - memory.Quorum + 1;

    private static bool IsCandidate(ClusterMemory memory, InstanceObservation gone, InstanceObservation other) =>
        other.Answer is { InRecovery: true, IsSettled: true } answer
        && !other.IsBusy
        && other.AnswerAge < gone.GoneFor
        && answer.Timeline == memory.Timeline;

    private static bool MayYetAnswer(InstanceObservation other, InstanceObservation gone, FailoverRules rules) =>
        other.IsBetween || other.IsBusy || (other.IsRunning && other.SilentFor < rules.UnresponsiveAfter && (other.Answer is null || !other.Answer.IsSettled || other.AnswerAge >= gone.GoneFor));

    private static InstanceObservation? Best(IEnumerable<InstanceObservation> candidates, int? preferred) => candidates
        .OrderByDescending(candidate => candidate.Answer!.Flushed)
        .ThenByDescending(candidate => candidate.Ordinal == preferred)
        .ThenBy(candidate => candidate.Ordinal)
        .FirstOrDefault();

    private static FailoverStep.Remember Elect(ClusterMemory memory, InstanceObservation chosen, string why) =>
        new(memory with { Primary = chosen.Ordinal, Term = memory.Term + 1, Promoting = true, SwitchoverTo = null }, why);

    private static IReadOnlyList<FailoverStep> Asynchronous(
        ClusterMemory memory, InstanceObservation gone, IReadOnlyList<InstanceObservation> candidates, FailoverRules rules)
    {
        if (Best(candidates, memory.SwitchoverTo) is not { } best)
        {
            return [NoElectable(memory, gone, [], candidates)];
        }

        var (had, has) = ((ulong?)gone.LastAnswer?.Flushed, (ulong)best.Answer!.Flushed);
        return had is null || had > has + rules.LargestLag
            ? [new FailoverStep.Report(FailoverProblem.TooFarBehind, string.Create(System.Globalization.CultureInfo.InvariantCulture,
                $"the primary {gone.Ordinal} does not start, and the newest replica {best.Ordinal} lacks {(had is null ? "nobody knows how much" : $"{had - has} bytes")} of its WAL: repair the primary, or promote the replica by hand and lose that"))]
            : [Elect(memory, best, "the primary does not start; commits wait for no replica, and this one has the most")];
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
