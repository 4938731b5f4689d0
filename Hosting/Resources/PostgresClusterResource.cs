using Aspire.Hosting.ApplicationModel;
using PgAspire.Postgres.Declaration;
using PgAspire.Postgres.Roles;

namespace PgAspire.Hosting.Resources;

/// <summary>
/// One primary and its replicas, all with the same data. Names are unique in an app host, so that the cluster is <c>pg1</c>
/// and its instances are <c>pg1-1</c>, <c>pg1-2</c>, … even where there is only one.
/// </summary>
/// <param name="name">The cluster's name, also that of its connection string.</param>
/// <param name="declaration">What was declared, as for a topology of this cluster alone.</param>
/// <param name="baseFolder">The folder that relative paths of the declaration are relative to.</param>
/// <param name="secrets">The passwords of its roles.</param>
/// <param name="topology">The topology that it is part of, if it is.</param>
public sealed class PostgresClusterResource(
    string name, TopologyDeclaration declaration, string baseFolder, ClusterSecrets secrets, PostgresTopologyResource? topology = null)
    : Resource(name), IPostgresGroup, IResourceWithConnectionString
{
    private readonly List<PostgresInstanceResource> _instances = [];

    /// <summary>What was declared; the With* methods change it when the app host starts.</summary>
    public TopologyDeclaration Declaration { get; } = declaration;

    /// <summary>The folder that relative paths of the declaration are relative to.</summary>
    public string BaseFolder { get; } = baseFolder;

    /// <summary>The passwords of its roles.</summary>
    public ClusterSecrets Secrets { get; } = secrets;

    /// <summary>The topology that it is part of, if it is.</summary>
    public PostgresTopologyResource? Topology { get; } = topology;

    /// <summary>Its servers by ordinal; which of them is the primary is not declared.</summary>
    public IReadOnlyList<PostgresInstanceResource> Instances => _instances;

    /// <summary>
    /// How to connect as the application's role to the application's database. Of several instances it lists all, and the
    /// client finds the primary among them.
    /// </summary>
    /// <remarks>
    /// Format: <c>Host={host};Port={port};Username=app;Password={password};Database={database}</c>, or with several instances
    /// <c>Host={host}:{port},{host}:{port};…;Target Session Attributes=primary;Host Recheck Seconds=1</c>.
    /// </remarks>
    public ReferenceExpression ConnectionStringExpression => ConnectionString(Secrets.Application, RoleNames.Application);

    /// <summary>Whether it has replicas, which a supervisor looks after: it starts the instances, too.</summary>
    internal bool IsSupervised => Instances.Count > 1;

    internal void Add(PostgresInstanceResource instance) => _instances.Add(instance);

    private ReferenceExpression ConnectionString(ParameterResource password, string role)
    {
        var builder = new ReferenceExpressionBuilder();
        if (_instances is [var only])
        {
            builder.Append($"Host={only.Host};Port={only.Port}");
        }
        else
        {
            builder.AppendLiteral("Host=");
            foreach (var instance in _instances)
            {
                builder.AppendLiteral(instance == _instances[0] ? "" : ",");
                builder.Append($"{instance.Host}:{instance.Port}");
            }
        }

        builder.Append($";Username={role};Password={password};Database={Declaration.Database}");
        builder.AppendLiteral(_instances.Count > 1 ? ";Target Session Attributes=primary;Host Recheck Seconds=1" : "");
        return builder.Build();
    }
}
