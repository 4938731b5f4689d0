using System.Globalization;

namespace PgAspire.Postgres.Topology;

/// <summary>The name that a replica streams under, also that of its slot: lower-case letters, digits and underscores are all that PostgreSQL allows there.</summary>
public static class ReplicaName
{
    /// <summary>The name of an instance, <c>pg1_2</c>.</summary>
    public static string Of(Instance instance) => instance.Id.Replace('-', '_');

    /// <summary>The name of the instance of an ordinal.</summary>
    public static string Of(Cluster cluster, int ordinal) => string.Create(CultureInfo.InvariantCulture, $"{cluster.Name.Replace('-', '_')}_{ordinal}");

    /// <summary>The ordinal in a name; 0 where it is no name of this cluster's.</summary>
    public static int OrdinalOf(Cluster cluster, string name)
    {
        var prefix = $"{cluster.Name.Replace('-', '_')}_";
        return name.StartsWith(prefix, StringComparison.Ordinal) && int.TryParse(name.AsSpan(prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var ordinal)
            ? ordinal
            : 0;
    }
}
