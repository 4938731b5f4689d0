using PgAspire.Cli.Embedded;
using PgAspire.Postgres.Declaration;

namespace PgAspire.Cli.Commands;

/// <summary>Finds the instance that a user names.</summary>
internal static class KnownInstances
{
    /// <summary>The instance of this name, or the primary of the cluster of this name.</summary>
    /// <exception cref="CliException">There is no such one.</exception>
    public static InstanceStatus Find(TopologyStatus status, string name)
    {
        var found = status.Instances.FirstOrDefault(instance => instance.Instance == name)
            ?? status.Instances.Where(instance => instance.Cluster == name).OrderBy(instance => instance.Role, StringComparer.Ordinal).FirstOrDefault();
        return found ?? throw NotFound(status, name);
    }

    /// <summary>The instance of this name, or all of the cluster of this name; all there are where none is named.</summary>
    /// <exception cref="CliException">There is no such one.</exception>
    public static IReadOnlyList<InstanceStatus> Select(TopologyStatus status, string? name)
    {
        var found = status.Instances.Where(instance => name is null || instance.Instance == name || instance.Cluster == name).ToList();
        return found.Count > 0 || name is null ? found : throw NotFound(status, name);
    }

    private static CliException NotFound(TopologyStatus status, string name)
    {
        var known = status.Instances.SelectMany(instance => new[] { instance.Cluster, instance.Instance }).Distinct().ToList();
        var hint = known.Count == 0 ? "no topology is here yet: pgaspire up makes it"
            : NearestName.Of(name, known) is { } nearest ? $"did you mean {nearest}? There are {string.Join(", ", known)}"
            : $"there are {string.Join(", ", known)}";
        return new($"No instance or cluster is called {name}: {hint}.", ExitCodes.WrongInput);
    }
}
