using PgAspire.Postgres.Control;
using PgAspire.Postgres.Topology;

namespace PgAspire.Cli.Embedded;

/// <summary>Gives every instance its port: the declared one, else the one it had, else a free one.</summary>
internal static class Ports
{
    /// <summary>The instances with their ports.</summary>
    /// <param name="instances">As declared.</param>
    /// <param name="known">The port of those that were made before, by <see cref="Instance.Id"/>.</param>
    public static IReadOnlyList<Instance> Assign(IEnumerable<Instance> instances, IReadOnlyDictionary<string, int> known)
    {
        var all = instances.ToList();
        var taken = all.Select(instance => instance.Port).OfType<int>().Concat(known.Values).ToHashSet();
        var free = new Queue<int>(FindFree(all.Count(instance => instance.Port is null && !known.ContainsKey(instance.Id)), taken));
        return [.. all.Select(instance => instance with { Port = instance.Port ?? (known.TryGetValue(instance.Id, out var port) ? port : free.Dequeue()) })];
    }

    /// <inheritdoc cref="FreePorts.IsFree"/>
    public static bool IsFree(int port) => FreePorts.IsFree(port);

    /// <inheritdoc cref="FreePorts.Find"/>
    /// <exception cref="CliException">There are not that many.</exception>
    public static IReadOnlyList<int> FindFree(int count, IReadOnlySet<int>? except = null)
    {
        try
        {
            return FreePorts.Find(count, except);
        }
        catch (InvalidOperationException exception)
        {
            throw new CliException(exception.Message, inner: exception);
        }
    }
}
