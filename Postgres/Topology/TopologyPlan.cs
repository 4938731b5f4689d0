using PgAspire.Postgres.Declaration;

namespace PgAspire.Postgres.Topology;

/// <summary>The clusters and instances that follow from a declaration.</summary>
public sealed class TopologyPlan
{
    /// <summary>Expands a declaration.</summary>
    /// <exception cref="DeclarationException">The declaration breaks a rule.</exception>
    public TopologyPlan(TopologyDeclaration declaration)
    {
        if (DeclarationRules.Check(declaration) is { Count: > 0 } problems)
        {
            throw new DeclarationException(problems);
        }

        Declaration = declaration;
        Clusters = [.. Enumerable.Range(1, declaration.Clusters).Select(number => MakeCluster(declaration, number))];
    }

    /// <summary>What was declared.</summary>
    public TopologyDeclaration Declaration { get; }

    /// <summary>The clusters, <c>pg1</c> … <c>pgN</c>.</summary>
    public IReadOnlyList<Cluster> Clusters { get; }

    /// <summary>Every instance of every cluster.</summary>
    public IEnumerable<Instance> Instances => Clusters.SelectMany(cluster => cluster.Instances);

    private static Cluster MakeCluster(TopologyDeclaration declaration, int number)
    {
        var name = $"{declaration.Name}{number}";
        return new(name, [.. Enumerable.Range(1, declaration.Instances).Select(ordinal => new Instance(
            name,
            ordinal,
            declaration.Instances == 1 ? name : $"{name}-{ordinal}",
            declaration.FirstPort + ((number - 1) * declaration.Instances) + (ordinal - 1)))]);
    }
}
