namespace PgAspire.Postgres.Topology;

/// <summary>One primary and its replicas.</summary>
/// <param name="Name">The cluster's name, <c>pg1</c>: also the name of its connection string.</param>
/// <param name="Instances">Its servers by ordinal; which of them is the primary is not declared.</param>
public sealed record Cluster(string Name, IReadOnlyList<Instance> Instances);
