namespace PgAspire.Postgres.Failover;

/// <summary>What a replica needs while its primary is well.</summary>
internal static class ReplicaCare
{
    private static readonly IReadOnlySet<int> None = new HashSet<int>();

    public static IEnumerable<FailoverStep> Next(ClusterMemory memory, InstanceObservation replica, FailoverRules rules)
    {
        if (replica.IsBusy)
        {
            yield break;
        }

        if (replica.IsBetween)
        {
            if (replica.BetweenFor >= rules.RecoveryPatience)
            {
                // One that was rewound may wait for WAL of a primary that is no more, and cannot be told of another one.
                yield return new FailoverStep.Shutdown(replica.Ordinal, $"it has recovered for {replica.BetweenFor.TotalSeconds:0} s");
            }
        }
        else if (!replica.IsRunning)
        {
            yield return new FailoverStep.StartReplica(replica.Ordinal, Anew: !replica.HasData || replica.FailedStarts >= rules.StartTries);
        }
        else if (replica.Refusal is not null)
        {
            // One that was copied before the passwords were changed learns the new ones from the primary.
            if (replica.RefusingFor >= rules.ReplicaUnresponsiveAfter)
            {
                yield return FailoverDecision.Refused(replica);
            }
        }
        else if (replica.Answer is not { } answer)
        {
            // One that has just been copied, on a machine that is busy with that, is no less alive, and nobody waits for it.
            if (replica.SilentFor >= rules.ReplicaUnresponsiveAfter)
            {
                yield return new FailoverStep.Fence(replica.Ordinal, $"the replica has not answered for {replica.SilentFor.TotalSeconds:0.#} s");
            }
        }
        else if (answer.Upstream != memory.Primary && (answer.Upstream != memory.SwitchoverTo || !memory.IsFormed))
        {
            // A quorum forms of those that follow the primary: who follows the next one already is called back for that.
            yield return new FailoverStep.Repoint(replica.Ordinal, memory.Primary);
        }
        else if (replica.StalledFor >= rules.StalledAfter)
        {
            // Its timeline has parted from the primary's, or the WAL that it needs is gone.
            yield return new FailoverStep.Shutdown(replica.Ordinal, "it does not stream from the primary");
        }
        else if (answer.Synchronous != memory.Synchronous && memory.SwitchoverTo is null)
        {
            // In force before it is ever promoted.
            yield return new FailoverStep.SetQuorum(replica.Ordinal);
        }
        else if (answer.Slots.Count > 0 && replica.Ordinal != memory.SwitchoverTo)
        {
            yield return new FailoverStep.SetSlots(replica.Ordinal, None);
        }
    }
}
