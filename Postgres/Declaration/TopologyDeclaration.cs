namespace PgAspire.Postgres.Declaration;

/// <summary>
/// What the user declares of a topology. Every property has the default of an empty <c>topology.json</c>;
/// <see cref="DeclarationReader"/> makes valid ones, and <see cref="DeclarationRules.Check"/> checks one built in code.
/// </summary>
public sealed record TopologyDeclaration
{
    /// <summary>Prefix of every cluster's name; lower-case letters, digits and single hyphens, at most 40 characters.</summary>
    public string Name { get; init; } = "pg";

    /// <summary>PostgreSQL major version, <see cref="PostgresVersions.Oldest"/> to <see cref="PostgresVersions.Newest"/>.</summary>
    public int Version { get; init; } = PostgresVersions.Default;

    /// <summary>Number of clusters, 1 to <see cref="DeclarationRules.MostClusters"/>.</summary>
    public int Clusters { get; init; } = 3;

    /// <summary>Servers in each cluster, one primary and the rest replicas, 1 to <see cref="DeclarationRules.MostInstances"/>.</summary>
    public int Instances { get; init; } = 1;

    /// <summary>The application's database, made in every cluster and owned by the role <c>app</c>.</summary>
    public string Database { get; init; } = "app";

    /// <summary>Folder of init scripts, relative to the declaration's file; empty for none.</summary>
    public string InitScripts { get; init; } = DefaultInitScripts;

    /// <summary>postgresql.conf settings on top of the generated ones, by name.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>Host port of the first instance, the rest follow on; null for any free ports.</summary>
    public int? FirstPort { get; init; }

    /// <summary>What a crash of the machine may cost.</summary>
    public Durability Durability { get; init; } = Durability.Safe;

    /// <summary>What a commit waits for; null for the default, see <see cref="EffectiveSynchronous"/>.</summary>
    public SynchronousReplicas? Synchronous { get; init; }

    /// <summary>After how many seconds without an answer the running primary of a cluster with replicas counts as hung, and is ended; a replica after three times as long; 1 to 300.</summary>
    public int UnresponsiveAfter { get; init; } = 5;

    /// <summary><see cref="Synchronous"/>, or its default: <c>any 1</c> from three instances on, <c>none</c> below.</summary>
    public SynchronousReplicas EffectiveSynchronous => Synchronous ?? new SynchronousReplicas(Instances >= 3 ? 1 : 0);

    /// <summary>The init scripts' folder where none is declared; it alone may be missing.</summary>
    public const string DefaultInitScripts = "initdb";
}
