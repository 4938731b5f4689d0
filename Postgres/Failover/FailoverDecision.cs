namespace PgAspire.Postgres.Failover;

/// <summary>
/// What to do next about one cluster: a function of what is remembered and what was observed, asked again after every step and
/// every change. Read against Patroni's <c>ha.py</c> and pg_auto_failover's <c>group_state_machine.c</c>; both agree by a consensus
/// store on who may be primary, here <see cref="ClusterMemory"/> says so and an old primary is gone before another one is chosen.
/// </summary>
public static class FailoverDecision
{
    /// <summary>The steps that may be taken now, none of which waits for another; empty where all is well or must be waited for.</summary>
    /// <param name="memory">What is remembered.</param>
    /// <param name="observations">Every declared instance, in any order.</param>
    /// <param name="rules">How patient to be.</param>
    public static IReadOnlyList<FailoverStep> Next(ClusterMemory memory, IReadOnlyList<InstanceObservation> observations, FailoverRules rules)
    {
        var primary = observations.Single(instance => instance.Ordinal == memory.Primary);
        var others = observations.Where(instance => instance.Ordinal != memory.Primary).OrderBy(instance => instance.Ordinal).ToList();

        // First of all: nobody else takes writes, whoever started it.
        var strangers = others.Where(other => other.IsPrimary).ToList();
        if (strangers.Count > 0)
        {
            return [.. strangers.Select(stranger => new FailoverStep.Fence(stranger.Ordinal, "it takes writes and is not the primary of this term"))];
        }

        return true switch
        {
            _ when primary.IsPrimary => Steady(memory, primary, others, rules),
            _ when primary.IsReplica => Promote(memory, primary, others),
            _ when primary.IsBusy || primary.IsBetween => [],
            _ when primary.IsRunning => primary.SilentFor < rules.UnresponsiveAfter
                ? []
                : [new FailoverStep.Fence(primary.Ordinal, $"it runs and has not answered for {primary.SilentFor.TotalSeconds:0.#} s")],
            _ => Succession.Next(memory, primary, others, rules),
        };
    }

    private static IReadOnlyList<FailoverStep> Steady(
        ClusterMemory memory, InstanceObservation primary, IReadOnlyList<InstanceObservation> replicas, FailoverRules rules)
    {
        var answer = primary.Answer!;
        if (memory.Promoting || memory.Timeline != answer.Timeline)
        {
            // What earlier terms acknowledged is certain to be here, and nowhere else before it has arrived there.
            var forming = memory.Promoting || memory.FormingFrom is not null ? answer.Flushed : memory.FormingFrom;
            return [new FailoverStep.Remember(
                memory with
                {
                    Promoting = false,
                    Timeline = answer.Timeline,
                    FormingFrom = forming,
                    Quorum = memory.Promoting ? rules.Quorum : memory.Quorum,
                    Voters = memory.Promoting ? [.. replicas.Append(primary).Select(instance => instance.Ordinal).Order()] : memory.Voters,
                    SwitchoverTo = memory.SwitchoverTo == primary.Ordinal ? null : memory.SwitchoverTo,
                },
                memory.Promoting ? "it takes writes" : "its timeline was seen")];
        }

        if (memory.FormingFrom is { } from && replicas.Count(replica => Follows(memory, replica) && replica.Answer!.Flushed >= from) >= memory.Quorum)
        {
            return [new FailoverStep.Remember(memory with { FormingFrom = null }, "enough replicas have all that was acknowledged")];
        }

        var slots = replicas.Select(replica => replica.Ordinal).ToHashSet();
        var care = replicas.SelectMany(replica => ReplicaCare.Next(memory, replica, rules));
        var own = answer.Slots.SetEquals(slots) ? [] : new FailoverStep[] { new FailoverStep.SetSlots(primary.Ordinal, slots) };
        return memory.SwitchoverTo is { } target
            ? [.. own, .. Switchover.Next(memory, primary, replicas, target, rules)]
            : [.. own, .. care];
    }

    /// <summary>Whether a replica follows the primary of this term, on its timeline.</summary>
    internal static bool Follows(ClusterMemory memory, InstanceObservation replica) =>
        replica.Answer is { InRecovery: true, IsSettled: true } answer && answer.Upstream == memory.Primary && answer.Timeline == memory.Timeline;

    /// <summary>It is the only one that may be the primary, and it is still, or again, a replica.</summary>
    private static IReadOnlyList<FailoverStep> Promote(ClusterMemory memory, InstanceObservation chosen, IReadOnlyList<InstanceObservation> others)
    {
        if (!memory.Promoting)
        {
            return [new FailoverStep.Remember(memory with { Promoting = true, Term = memory.Term + 1 }, "the primary of this term came up as a replica")];
        }

        // One that does not say that it is a replica may be the old primary, started by a stranger.
        var unknown = others.Where(other => other is { IsRunning: true, IsReplica: false }).ToList();
        return true switch
        {
            _ when unknown.Count > 0 => [.. unknown.Select(other => new FailoverStep.Fence(other.Ordinal, "another instance is about to take writes"))],
            _ when chosen.IsBusy => [],
            _ => [new FailoverStep.Promote(chosen.Ordinal)],
        };
    }
}
