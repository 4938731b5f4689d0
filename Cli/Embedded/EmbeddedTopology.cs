using PgAspire.Postgres.Declaration;
using PgAspire.Postgres.Initialization;
using PgAspire.Postgres.Roles;
using PgAspire.Postgres.Topology;

namespace PgAspire.Cli.Embedded;

/// <summary>A topology that is up.</summary>
/// <param name="Postgres">What its servers run on.</param>
/// <param name="Clusters">Its clusters, every instance with its port.</param>
/// <param name="Passwords">The passwords by cluster.</param>
internal sealed record EmbeddedTopology(
    PostgresInstallation Postgres, IReadOnlyList<Cluster> Clusters, IReadOnlyDictionary<string, RolePasswords> Passwords);

/// <summary>What an <c>up</c> wants.</summary>
/// <param name="Plan">The topology.</param>
/// <param name="Init">The scripts of new clusters.</param>
/// <param name="Binaries">The folder of PostgreSQL's programs; null to look for them.</param>
internal sealed record UpRequest(TopologyPlan Plan, InitBundle Init, string? Binaries)
{
    public TopologyDeclaration Declaration => Plan.Declaration;

    public bool ResetPasswords { get; init; }
}

/// <summary>Hears how far an <c>up</c> or <c>down</c> is.</summary>
internal interface IProgressSink
{
    /// <summary>Something that the user should know.</summary>
    void Notice(string message);

    /// <summary>What an instance, or the API, does now.</summary>
    void Report(string name, string phase);
}
