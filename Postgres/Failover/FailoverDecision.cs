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
            _ when primary.IsReplica => Promote(memory, primary, others, rules),
            _ when primary.IsBusy || primary.IsBetween => [],
            _ when primary.IsHeadless => [new FailoverStep.Fence(primary.Ordinal, "its server is gone, some of its processes are not")],
            _ when primary.Refusal is not null => [Refused(primary)],
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
        if (Progress(memory, primary, replicas, rules) is { } progress)
        {
            return [progress];
        }

        var steps = new List<FailoverStep>();
        if (answer.Synchronous != memory.Synchronous)
        {
            steps.Add(new FailoverStep.SetQuorum(primary.Ordinal));
        }

        var slots = replicas.Select(replica => replica.Ordinal).ToHashSet();
        if (!answer.Slots.SetEquals(slots))
        {
            steps.Add(new FailoverStep.SetSlots(primary.Ordinal, slots));
        }

        steps.AddRange(replicas.SelectMany(replica => ReplicaCare.Next(memory, replica, rules)));
        if (memory.SwitchoverTo is { } target && steps.All(step => step is not FailoverStep.SetQuorum))
        {
            steps.AddRange(Switchover.Next(memory, primary, replicas, target, rules));
        }

        return steps;
    }

    /// <summary>What is to be remembered of a primary that is well; null where nothing has changed.</summary>
    private static FailoverStep.Remember? Progress(
        ClusterMemory memory, InstanceObservation primary, IReadOnlyList<InstanceObservation> replicas, FailoverRules rules)
    {
        var answer = primary.Answer!;
        IReadOnlyList<int> members = [.. replicas.Append(primary).Select(instance => instance.Ordinal).Order()];
        if (memory.Promoting)
        {
            // What earlier terms acknowledged is certain to be here, and nowhere else before it has arrived there.
            return new(
                Declare(memory, rules, members, answer) with { Promoting = false, Timeline = answer.Timeline, SwitchoverTo = null },
                "it takes writes");
        }

        if (memory.Timeline != answer.Timeline)
        {
            return new(memory with { Timeline = answer.Timeline }, "its timeline was seen");
        }

        if (memory.SwitchoverTo is null && (memory.Quorum != rules.Quorum || !memory.Voters.SequenceEqual(members))
            && replicas.Count(replica => Follows(memory, replica) && replica.Answer!.IsStreaming) >= rules.Quorum)
        {
            return new(Declare(memory, rules, members, answer), "commits wait for what is declared now");
        }

        if (memory.FormingFrom == ClusterMemory.NotInForce && answer.Synchronous == memory.Synchronous)
        {
            return new(memory with { FormingFrom = answer.Flushed }, "commits wait for their quorum");
        }

        return Formed(memory, replicas);
    }

    /// <summary>The quorum that has formed; null where none has. What replicas have counts whether or not the primary is still there.</summary>
    internal static FailoverStep.Remember? Formed(ClusterMemory memory, IReadOnlyList<InstanceObservation> replicas) =>
        memory is { FormingFrom: { } from, Promoting: false }
        && replicas.Count(replica => memory.Voters.Contains(replica.Ordinal) && Follows(memory, replica) && replica.Answer!.Flushed >= from) >= memory.Quorum
            ? new(memory with { FormingFrom = null }, "enough replicas have all that was acknowledged")
            : null;

    /// <summary>The declared quorum, from where the primary is known to keep to it.</summary>
    private static ClusterMemory Declare(ClusterMemory memory, FailoverRules rules, IReadOnlyList<int> members, ServerAnswer answer)
    {
        var declared = memory with { Quorum = rules.Quorum, Voters = members, FormingFrom = null };
        return rules.Quorum == 0 ? declared : declared with { FormingFrom = answer.Synchronous == declared.Synchronous ? answer.Flushed : ClusterMemory.NotInForce };
    }

    /// <summary>What is said of an instance that lets others in and the supervisor not: to end it would mend nothing.</summary>
    internal static FailoverStep Refused(InstanceObservation instance) =>
        new FailoverStep.Report(FailoverProblem.LoginRefused, $"{instance.Name} refuses the supervisor's login: {instance.Refusal}");

    /// <summary>Whether a replica follows the primary of this term, on its timeline.</summary>
    internal static bool Follows(ClusterMemory memory, InstanceObservation replica) =>
        IsOfTimeline(memory, replica) && replica.Answer!.Upstream == memory.Primary;

    /// <summary>Whether it is a replica on the timeline of this term's primary, and has said all that it has.</summary>
    internal static bool IsOfTimeline(ClusterMemory memory, InstanceObservation replica) =>
        replica.Answer is { InRecovery: true, IsSettled: true } answer && answer.Timeline == memory.Timeline;

    /// <summary>It is the only one that may be the primary, and it is still, or again, a replica.</summary>
    private static IReadOnlyList<FailoverStep> Promote(
        ClusterMemory memory, InstanceObservation chosen, IReadOnlyList<InstanceObservation> others, FailoverRules rules)
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
            // Or what it acknowledges first would be on no other.
            _ when memory.Quorum > 0 && rules.Quorum > 0 && chosen.Answer!.Synchronous != memory.Synchronous => [new FailoverStep.SetQuorum(chosen.Ordinal)],
            _ => [new FailoverStep.Promote(chosen.Ordinal)],
        };
    }
}
