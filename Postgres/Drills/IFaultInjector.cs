using PgAspire.Postgres.Topology;

namespace PgAspire.Postgres.Drills;

/// <summary>What does to an instance what a drill is about: one implementation a host.</summary>
public interface IFaultInjector
{
    /// <summary>
    /// Injects a fault, and returns when it is in force: a restart when the server is up again or the supervisor has taken over, a
    /// switchover when another instance takes writes.
    /// </summary>
    Task InjectAsync(DrillFault fault, Instance instance, CancellationToken cancellationToken);

    /// <summary>Takes back what does not end by itself, a pause or a partition; nothing happens where nothing is left of it.</summary>
    Task HealAsync(Instance instance, CancellationToken cancellationToken);
}
