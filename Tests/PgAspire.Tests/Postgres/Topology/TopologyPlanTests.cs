using CsCheck;
using PgAspire.Postgres.Declaration;
using PgAspire.Postgres.Topology;

namespace PgAspire.Tests.Postgres.Topology;

public sealed class TopologyPlanTests
{
    [Fact]
    public void AClusterOfOneIsCalledAsTheCluster()
    {
        var plan = new TopologyPlan(new() { Clusters = 2, FirstPort = 15432 });
        Assert.Equal(["pg1", "pg2"], plan.Clusters.Select(cluster => cluster.Name));
        Assert.Equal([new("pg1", 1, "pg1", 15432), new("pg2", 1, "pg2", 15433)], plan.Instances);
        Assert.Equal(["pg1-1", "pg2-1"], plan.Instances.Select(instance => instance.Id));
    }

    [Fact]
    public void InstancesOfMoreAreNumbered()
    {
        var plan = new TopologyPlan(new() { Name = "shop", Clusters = 2, Instances = 2, FirstPort = 2000 });
        Assert.Equal(
            [new("shop1", 1, "shop1-1", 2000), new("shop1", 2, "shop1-2", 2001), new("shop2", 1, "shop2-1", 2002), new("shop2", 2, "shop2-2", 2003)],
            plan.Instances);
    }

    [Fact]
    public void WithoutAFirstPortNoPortIsDeclared() => Assert.All(new TopologyPlan(new()).Instances, instance => Assert.Null(instance.Port));

    [Fact]
    public void NamesIdentitiesAndPortsAreDistinctAndPortsFollowOn() =>
        Gen.Select(Gen.Int[1, DeclarationRules.MostClusters], Gen.Int[1, DeclarationRules.MostInstances]).Sample((clusters, instances) =>
        {
            var all = new TopologyPlan(new() { Clusters = clusters, Instances = instances, FirstPort = 20000 }).Instances.ToList();
            return all.Count == clusters * instances
                && all.Select(instance => instance.Name).Distinct().Count() == all.Count
                && all.Select(instance => instance.Id).Distinct().Count() == all.Count
                && all.Select(instance => instance.Port).SequenceEqual(Enumerable.Range(20000, all.Count).Cast<int?>());
        });

    [Fact]
    public void AnIdentityStaysWhenTheTopologyGrows() => Gen.Select(Gen.Int[1, 20], Gen.Int[1, 9], Gen.Int[1, 20], Gen.Int[1, 9]).Sample(
        (clusters, instances, moreClusters, moreInstances) =>
        {
            var small = new TopologyPlan(new() { Clusters = Math.Min(clusters, moreClusters), Instances = Math.Min(instances, moreInstances) });
            var large = new TopologyPlan(new() { Clusters = Math.Max(clusters, moreClusters), Instances = Math.Max(instances, moreInstances) });
            return small.Instances.Select(instance => instance.Id).All(large.Instances.Select(instance => instance.Id).ToHashSet().Contains);
        });

    [Fact]
    public void AWrongDeclarationMadeInCodeIsRefused() => Assert.Equal(
        ["clusters", "database"],
        Assert.Throws<DeclarationException>(() => new TopologyPlan(new() { Clusters = 0, Database = "template0" })).Problems.Select(problem => problem.Path));
}
