using System.Net;
using System.Net.Sockets;
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

    /// <summary>Whether nobody listens on a loopback port.</summary>
    public static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>Ports that nobody listens on, of those that no system gives to outgoing connections: so they stay free until the server listens.</summary>
    /// <exception cref="CliException">There are not that many.</exception>
    public static IReadOnlyList<int> FindFree(int count, IReadOnlySet<int> except)
    {
        var all = Enumerable.Range(Lowest, Highest - Lowest + 1).ToArray();
        Random.Shared.Shuffle(all);
        var found = all.Where(port => !except.Contains(port) && IsFree(port)).Take(count).ToList();
        return found.Count == count ? found : throw new CliException($"There are no {count} free ports from {Lowest} to {Highest}.");
    }

    // Linux gives 32768 on to outgoing connections, the others 49152 on.
    private const int Lowest = 20_000;
    private const int Highest = 32_000;
}
