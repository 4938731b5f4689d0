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

    public static IReadOnlyList<int> FindFree(int count, IReadOnlySet<int> except)
    {
        var listeners = new List<TcpListener>();
        try
        {
            var found = new List<int>();
            while (found.Count < count)
            {
                var listener = new TcpListener(IPAddress.Loopback, 0);
                listener.Start();
                listeners.Add(listener);
                var port = ((IPEndPoint)listener.LocalEndpoint).Port;
                if (!except.Contains(port))
                {
                    found.Add(port);
                }
            }

            return found;
        }
        finally
        {
            listeners.ForEach(listener => listener.Dispose());
        }
    }
}
