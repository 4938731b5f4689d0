namespace PgAspire.SampleApi.Clusters;

/// <summary>All clusters of the topology, in natural order, and which of them is a customer's home.</summary>
public sealed class ClusterSet(IReadOnlyList<Cluster> clusters)
{
    private readonly Rendezvous _rendezvous = new(clusters.Select(cluster => cluster.Name));

    public IReadOnlyList<Cluster> All { get; } = clusters;

    /// <summary>Where the customer belongs. Where the customer lives can differ until the next rebalance.</summary>
    public Cluster Home(string customer) => All[_rendezvous.Choose(customer)];

    public Cluster? Find(string? name) => All.FirstOrDefault(cluster => cluster.Name == name);
}
