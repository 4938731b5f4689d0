using System.Globalization;
using System.Text.RegularExpressions;
using PgAspire.Postgres.Roles;
using PgAspire.Postgres.Supervision;
using PgAspire.Postgres.Topology;

namespace PgAspire.Cli.Embedded;

/// <summary>What data there are of a topology before it starts.</summary>
/// <param name="ByInstance">The data directory of every declared instance.</param>
/// <param name="Headless">Declared clusters that have replicas' data and no primary's, each with its replicas.</param>
internal sealed partial record DataSurvey(IReadOnlyDictionary<string, DataDirectory> ByInstance, IReadOnlyDictionary<string, string> Headless)
{
    public static DataSurvey Of(StateFolder folder, TopologyPlan plan)
    {
        var headless = Instances(folder)
            .Where(known => plan.Clusters.Any(cluster => cluster.Name == known.Cluster))
            .Select(known => (known.Cluster, known.Id, Data: new DataDirectory(folder.Data(known), folder)))
            .Where(known => known.Data.State == DataDirectoryState.Finished)
            .GroupBy(known => known.Cluster)
            .Where(group => group.All(known => known.Data.IsReplica) && new FileMemoryStore(folder.Failover).Read(group.Key) is null);
        return new(
            plan.Instances.ToDictionary(instance => instance.Name, instance => new DataDirectory(folder.Data(instance), folder)),
            headless.ToDictionary(group => group.Key, group => string.Join(", ", group.Select(known => known.Id).Order(StringComparer.Ordinal))));
    }

    /// <summary>Major version of the data; null where there are none.</summary>
    public int? Major => ByInstance.Values.Where(data => data.State == DataDirectoryState.Finished).Max(data => data.Major);

    public bool IsAnyAbsent => ByInstance.Values.Any(data => data.State != DataDirectoryState.Finished);

    /// <summary>Major version of any data in the state folder; null where there are none.</summary>
    public static int? MajorOf(StateFolder folder) => Instances(folder).Max(instance => new DataDirectory(folder.Data(instance), folder).Major);

    /// <summary>The instances that have a data directory, without ports.</summary>
    public static IEnumerable<Instance> Instances(StateFolder folder) => !Directory.Exists(folder.DataFolder)
        ? []
        : Directory.EnumerateDirectories(folder.DataFolder)
            .Select(path => InstanceId().Match(Path.GetFileName(path)))
            .Where(match => match.Success)
            .Select(match => new Instance(
                match.Groups["cluster"].Value, int.Parse(match.Groups["ordinal"].ValueSpan, CultureInfo.InvariantCulture), match.Value, null));

    /// <exception cref="CliException">Data are of another major version, of nobody knows whom, or have no password.</exception>
    public void Check(PostgresInstallation postgres, IReadOnlyDictionary<string, RolePasswords> secrets, bool resetPasswords)
    {
        foreach (var (cluster, replicas) in Headless)
        {
            throw new CliException($"The data of {cluster}'s primary are gone, and those of its replicas are there ({replicas}): put the primary's back. A new {cluster} is made only where none of its data are left.");
        }

        foreach (var (name, data) in ByInstance)
        {
            if (data.State == DataDirectoryState.Foreign)
            {
                throw new CliException($"{data.FullPath} is no data directory that PgAspire made: move it away, {name} would be made there.");
            }

            if (data.State != DataDirectoryState.Finished)
            {
                continue;
            }

            if (data.Major != postgres.Major)
            {
                throw new CliException(
                    $"{name} has data of PostgreSQL {data.Major}, and the servers would be of {postgres.Version}: declare version {data.Major} (--pg-version {data.Major}) and install it, or move {data.FullPath} away.");
            }

            if (!secrets.ContainsKey(InstanceId().Match(Path.GetFileName(data.FullPath)).Groups["cluster"].Value) && !resetPasswords)
            {
                throw new CliException($"The passwords of {name} are lost: secrets.json does not have them. Restore it from a copy, or run up --reset-passwords, which gives the cluster new ones.");
            }
        }
    }

    [GeneratedRegex(@"^(?<cluster>[a-z][a-z0-9-]*)-(?<ordinal>[1-9])$")]
    private static partial Regex InstanceId();
}
