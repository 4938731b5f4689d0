using Aspire.Hosting.ApplicationModel;
using PgAspire.Postgres.Declaration;

namespace PgAspire.Hosting.Resources;

/// <summary>
/// All PostgreSQL clusters of one declaration. It runs when every cluster of it does, so that waiting for it waits for all.
/// </summary>
/// <param name="name">The resource's name.</param>
/// <param name="declaration">What was declared.</param>
/// <param name="baseFolder">The folder that relative paths of the declaration are relative to.</param>
public sealed class PostgresTopologyResource(string name, TopologyDeclaration declaration, string baseFolder)
    : Resource(name), IPostgresGroup
{
    private readonly List<PostgresClusterResource> _clusters = [];

    /// <summary>What was declared.</summary>
    public TopologyDeclaration Declaration { get; } = declaration;

    /// <summary>The folder that relative paths of the declaration are relative to.</summary>
    public string BaseFolder { get; } = baseFolder;

    /// <summary>The clusters, <c>pg1</c> … <c>pgN</c>.</summary>
    public IReadOnlyList<PostgresClusterResource> Clusters => _clusters;

    internal void Add(PostgresClusterResource cluster) => _clusters.Add(cluster);
}
