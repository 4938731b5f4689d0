using System.Collections;
using System.Globalization;
using PgAspire.Cli.Processes;
using PgAspire.Postgres.Roles;
using PgAspire.Postgres.Topology;

namespace PgAspire.Cli.Embedded;

/// <summary>The monitor over the topology's instances.</summary>
internal static class MonitorProgram
{
    public const string Name = "monitor";
    public const string Variable = "PGASPIRE_MONITOR";
    private const string Assembly = "PgAspire.Monitor.dll";

    /// <summary>The monitor with every instance of these clusters, where its data lie, by which its processes are found, and its log.</summary>
    /// <exception cref="CliException">It was not built.</exception>
    public static ServiceProgram For(StateFolder folder, EmbeddedTopology topology, string database)
    {
        // What the user says of the monitor itself counts as a part of what it was started with.
        var environment = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .Where(variable => ((string)variable.Key).StartsWith("Monitor__", StringComparison.OrdinalIgnoreCase))
            .ToDictionary(variable => (string)variable.Key, variable => (string?)variable.Value);
        foreach (var (index, instance) in topology.Clusters.SelectMany(cluster => cluster.Instances).Index())
        {
            var prefix = string.Create(CultureInfo.InvariantCulture, $"Instances__{index}__");
            environment[$"{prefix}Cluster"] = instance.Cluster;
            environment[$"{prefix}Name"] = instance.Name;
            environment[$"{prefix}ConnectionString"] = ConnectionStrings.For(
                [new("127.0.0.1", instance.Port!.Value)], database, RoleNames.Monitor, topology.Passwords[instance.Cluster].Monitor);
            environment[$"{prefix}DataDirectory"] = folder.Data(instance);
            environment[$"{prefix}LogFile"] = folder.Log(instance);
        }

        environment["Drills__0"] = folder.Failover;
        return new(SiblingAssembly.Find("Monitor", Assembly, Variable), environment);
    }
}
