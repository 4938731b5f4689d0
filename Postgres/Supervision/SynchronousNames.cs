using System.Globalization;
using System.Text.RegularExpressions;
using PgAspire.Postgres.Failover;
using PgAspire.Postgres.Topology;

namespace PgAspire.Postgres.Supervision;

/// <summary>The setting <c>synchronous_standby_names</c>, and <see cref="ClusterMemory.Synchronous"/>, which says the same by ordinals.</summary>
internal static partial class SynchronousNames
{
    /// <summary>The setting's value: a quorum of all members, the instance's own name among them, which does no harm and lets all have the same.</summary>
    public static string For(Cluster cluster, ClusterMemory memory) => memory.Quorum == 0
        ? ""
        : string.Create(CultureInfo.InvariantCulture, $"ANY {memory.Quorum} ({string.Join(", ", memory.Voters.Order().Select(ordinal => $"\"{ReplicaName.Of(cluster, ordinal)}\""))})");

    /// <summary>The setting's value by ordinals; a value that the supervisor did not set comes back as it is.</summary>
    public static string Parse(Cluster cluster, string setting)
    {
        var match = Quorum().Match(setting);
        if (!match.Success)
        {
            return setting;
        }

        var names = match.Groups["names"].Value.Split(',', StringSplitOptions.TrimEntries).Select(name => name.Trim('"'));
        var ordinals = names.Select(name => ReplicaName.OrdinalOf(cluster, name)).Order();
        return $"any {match.Groups["count"].Value} of {string.Join(',', ordinals)}";
    }

    [GeneratedRegex("^ANY (?<count>[0-9]+) \\((?<names>[^()]*)\\)$", RegexOptions.IgnoreCase)]
    private static partial Regex Quorum();
}
