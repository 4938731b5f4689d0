namespace PgAspire.Postgres.Failover;

/// <summary>
/// How a replica of a synchronous cluster becomes its primary. That the old primary is gone is not enough: whoever starts it again could
/// have it acknowledge writes as long as a quorum of replicas would follow it. So the voters follow the next primary first (a promise,
/// in the words of Paxos), and only then is it elected.
/// </summary>
internal static class Candidacy
{
    /// <summary>What brings an election on; null where too few replicas can be asked.</summary>
    /// <param name="memory">A formed quorum.</param>
    /// <param name="candidates">The replicas that have said what they have since the primary is gone.</param>
    public static IReadOnlyList<FailoverStep>? Next(ClusterMemory memory, IReadOnlyList<InstanceObservation> candidates)
    {
        var voters = candidates.Where(candidate => memory.Voters.Contains(candidate.Ordinal)).ToList();
        if (Best(voters.Where(voter => !voter.IsBusy), memory.SwitchoverTo) is not { } best || voters.Count < Needed(memory))
        {
            return null;
        }

        if (voters.Count(voter => voter == best || (!voter.IsBusy && voter.Answer!.Upstream == best.Ordinal)) >= Needed(memory))
        {
            return [Elect(memory, best, "enough replicas follow it to be certain that it has every acknowledged write")];
        }

        var slots = voters.Select(voter => voter.Ordinal).Where(ordinal => ordinal != best.Ordinal).ToHashSet();
        return HaveFollow(best, slots, voters.Where(voter => voter != best && voter.Answer!.Upstream != best.Ordinal));
    }

    /// <summary>
    /// Has replicas follow one that is to be the primary, which makes their slots meanwhile: both take long on a busy machine, and one
    /// that is there before its slot tries again in a moment. One that is busy is left out.
    /// </summary>
    public static IReadOnlyList<FailoverStep> HaveFollow(InstanceObservation next, IReadOnlySet<int> slots, IEnumerable<InstanceObservation> followers) =>
    [
        .. followers.Where(follower => !follower.IsBusy).Select(follower => new FailoverStep.Repoint(follower.Ordinal, next.Ordinal)),
        .. next.Answer!.Slots.IsSupersetOf(slots) ? [] : new FailoverStep[] { new FailoverStep.SetSlots(next.Ordinal, slots) },
    ];

    /// <summary>The one with the most WAL.</summary>
    public static InstanceObservation? Best(IEnumerable<InstanceObservation> candidates, int? preferred) => candidates
        .OrderByDescending(candidate => candidate.Answer!.Flushed)
        .ThenByDescending(candidate => candidate.Ordinal == preferred)
        .ThenBy(candidate => candidate.Ordinal)
        .FirstOrDefault();

    /// <summary>Makes it the only instance that may be the primary.</summary>
    public static FailoverStep.Remember Elect(ClusterMemory memory, InstanceObservation chosen, string why) =>
        new(memory with { Primary = chosen.Ordinal, Term = memory.Term + 1, Promoting = true, SwitchoverTo = null }, why);

    /// <summary>
    /// How many voters have to be seen so that one of them is in every quorum there ever was: any two sets of these sizes share a
    /// member.
    /// </summary>
    internal static int Needed(ClusterMemory memory) => memory.Voters.Count(voter => voter != memory.Primary) - memory.Quorum + 1;
}
