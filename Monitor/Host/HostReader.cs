using System.Globalization;
using PgAspire.Postgres.Metrics;

namespace PgAspire.Monitor.Host;

/// <summary>Reads what the host sees of an instance, as far as it was told where to look and may look there.</summary>
internal sealed class HostReader(WatchedInstance instance)
{
    /// <summary>The values of now; null where nothing is to be seen.</summary>
    public MetricSample? Read(string role)
    {
        var sample = new MetricSample(instance.Cluster, instance.Name, role);
        Try(() => FileSystemView.Read(instance.DataDirectory, sample));
        if (OperatingSystem.IsLinux())
        {
            var process = FindProcess();
            if (instance.Cgroup is { } cgroup)
            {
                Try(() => CgroupView.Read(cgroup, sample));
            }
            else if (process is { } postmaster)
            {
                Try(() => ProcessView.Read(postmaster, sample));
            }

            if (process is { } any)
            {
                Try(() => NetworkView.Read(any, sample));
            }
        }

        return sample.All.Any() ? sample : null;
    }

    // Processes end while they are looked at, and a container's may be closed to this user: then there is no value.
    private static void Try(Action read)
    {
        try
        {
            read();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return;
        }
    }

    /// <summary>The postmaster, by its own file or its host's; it has another number after each start.</summary>
    private int? FindProcess()
    {
        if (instance.ProcessId is { } said)
        {
            return said;
        }

        var file = instance.ProcessFile ?? (instance.DataDirectory is { } data ? Path.Combine(data, "postmaster.pid") : null);
        var number = 0;
        // An engine on another machine gives numbers of that one.
        Try(() => number = file is not null && int.TryParse(File.ReadLines(file).FirstOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out var read)
            && File.ReadAllText($"/proc/{read}/comm").StartsWith("postgres", StringComparison.Ordinal) ? read : 0);
        return number > 0 ? number : null;
    }
}
