namespace PgAspire.Postgres.Topology;

/// <summary>One PostgreSQL server of a cluster.</summary>
/// <param name="Cluster">The name of its cluster.</param>
/// <param name="Ordinal">Its number within the cluster, from 1 on.</param>
/// <param name="Name">The name shown: <c>pg1</c> where it is the cluster's only one, <c>pg1-1</c> otherwise.</param>
/// <param name="Port">Its declared host port; null for any free one.</param>
public sealed record Instance(string Cluster, int Ordinal, string Name, int? Port)
{
    /// <summary>A name that stays when the cluster grows or shrinks, <c>pg1-1</c>: of its data, log and slot.</summary>
    public string Id => $"{Cluster}-{Ordinal}";
}
