using System.Net;
using System.Net.Sockets;

namespace PgAspire.Postgres.Control;

/// <summary>Loopback ports that nobody listens on.</summary>
public static class FreePorts
{
    // Linux gives 32768 on to outgoing connections, the others 49152 on.
    private const int Lowest = 20_000;
    private const int Highest = 32_000;

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
    /// <exception cref="InvalidOperationException">There are not that many.</exception>
    public static IReadOnlyList<int> Find(int count, IReadOnlySet<int> except)
    {
        var all = Enumerable.Range(Lowest, Highest - Lowest + 1).ToArray();
        Random.Shared.Shuffle(all);
        var found = all.Where(port => !except.Contains(port) && IsFree(port)).Take(count).ToList();
        return found.Count == count ? found : throw new InvalidOperationException($"There are no {count} free ports from {Lowest} to {Highest}.");
    }
}
