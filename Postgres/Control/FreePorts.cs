using System.Net;
using System.Net.Sockets;

namespace PgAspire.Postgres.Control;

/// <summary>Loopback ports that nobody listens on.</summary>
public static class FreePorts
{
    // Linux gives 32768 on to outgoing connections, the others 49152 on.
    private const int Lowest = 20_000;
    private const int Highest = 32_000;
    private static readonly List<Socket> Marks = [];

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

    /// <summary>
    /// Ports that nobody listens on, of those that no system gives to outgoing connections and that no other search finds, of whatever
    /// process, while this process lives: so they stay free until the server listens.
    /// </summary>
    /// <param name="count">How many.</param>
    /// <param name="except">Which not; default: none.</param>
    /// <exception cref="InvalidOperationException">There are not that many.</exception>
    public static IReadOnlyList<int> Find(int count, IReadOnlySet<int>? except = null)
    {
        var all = Enumerable.Range(Lowest, Highest - Lowest + 1).ToArray();
        Random.Shared.Shuffle(all);
        var found = all.Where(port => except?.Contains(port) != true && TryTake(port)).Take(count).ToList();
        return found.Count == count ? found : throw new InvalidOperationException($"There are no {count} free ports from {Lowest} to {Highest}.");
    }

    /// <summary>The datagram port of the same number, which no server here uses, is the mark.</summary>
    private static bool TryTake(int port)
    {
        var mark = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            mark.Bind(new IPEndPoint(IPAddress.Loopback, port));
        }
        catch (SocketException)
        {
            mark.Dispose();
            return false;
        }

        if (!IsFree(port))
        {
            mark.Dispose();
            return false;
        }

        lock (Marks)
        {
            Marks.Add(mark);
        }

        return true;
    }
}
