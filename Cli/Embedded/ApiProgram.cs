using PgAspire.Cli.Processes;
using PgAspire.Postgres.Roles;
using PgAspire.Postgres.Topology;

namespace PgAspire.Cli.Embedded;

/// <summary>The sample API over the topology's clusters.</summary>
internal static class ApiProgram
{
    public const string Name = "api";
    public const string Variable = "PGASPIRE_API";
    private const string Assembly = "PgAspire.SampleApi.dll";

    /// <summary>The API with the connection strings of these clusters.</summary>
    /// <exception cref="CliException">It was not built.</exception>
    public static ServiceProgram For(EmbeddedTopology topology, string database) => new(
        FindAssembly(),
        ConnectionVariables(topology.Clusters, database, topology.Passwords.ToDictionary(entry => entry.Key, entry => entry.Value.Application)));

    /// <summary>The environment that gives an application its connection strings.</summary>
    public static Dictionary<string, string?> ConnectionVariables(
        IEnumerable<Cluster> clusters, string database, IReadOnlyDictionary<string, string> passwords) => clusters.ToDictionary(
        cluster => $"ConnectionStrings__{cluster.Name}",
        string? (cluster) => ConnectionStrings.For(
            [.. cluster.Instances.Select(instance => new System.Net.DnsEndPoint("127.0.0.1", instance.Port!.Value))],
            database, RoleNames.Application, passwords[cluster.Name]));

    /// <summary>The sample API's assembly, built beside this one.</summary>
    /// <exception cref="CliException">It is not there.</exception>
    public static string FindAssembly() => SiblingAssembly.Find("SampleApi", Assembly, Variable);
}
