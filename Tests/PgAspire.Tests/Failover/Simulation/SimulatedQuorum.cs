using PgAspire.Postgres.Failover;

namespace PgAspire.Tests.Failover.Simulation;

/// <summary>The setting <c>synchronous_standby_names</c>.</summary>
internal sealed record SimulatedQuorum(int Count, IReadOnlyList<int> Among, string Text)
{
    public static SimulatedQuorum None { get; } = new(0, [], "");

    public static SimulatedQuorum Of(ClusterMemory memory) => memory.Quorum == 0 ? None : new(memory.Quorum, memory.Voters, memory.Synchronous);
}
