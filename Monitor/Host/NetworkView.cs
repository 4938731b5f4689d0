using System.Globalization;
using PgAspire.Postgres.Metrics;

namespace PgAspire.Monitor.Host;

/// <summary>The network that a process is in: a container's own, or the machine's.</summary>
internal static class NetworkView
{
    private const int FirstInterface = 2;
    private const int Received = 0;
    private const int Transmitted = 8;

    public static void Read(int process, MetricSample sample)
    {
        foreach (var line in File.ReadLines($"/proc/{process}/net/dev").Skip(FirstInterface))
        {
            if (line.Split(':', 2) is [var name, var counters])
            {
                var fields = counters.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                Add(name.Trim(), "receive", fields[Received]);
                Add(name.Trim(), "transmit", fields[Transmitted]);
            }
        }

        void Add(string name, string direction, string bytes) => sample.Add(
            HostMetrics.NetworkIo, double.Parse(bytes, CultureInfo.InvariantCulture),
            new("network.interface.name", name), new("network.io.direction", direction));
    }
}
