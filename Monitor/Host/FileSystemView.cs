using PgAspire.Postgres.Metrics;

namespace PgAspire.Monitor.Host;

/// <summary>The file system of a data directory.</summary>
internal static class FileSystemView
{
    private const string State = "system.filesystem.state";

    public static void Read(string? data, MetricSample sample)
    {
        if (data is null || !Directory.Exists(data))
        {
            return;
        }

        // Free is what PostgreSQL may still use: the blocks reserved for root are neither used nor free, as in df.
        var drive = new DriveInfo(data);
        sample.Add(HostMetrics.FileSystem, drive.TotalSize - drive.TotalFreeSpace, new KeyValuePair<string, object?>(State, "used"));
        sample.Add(HostMetrics.FileSystem, drive.AvailableFreeSpace, new KeyValuePair<string, object?>(State, "free"));
        sample.Add(HostMetrics.FileSystemLimit, drive.TotalSize);
    }
}
