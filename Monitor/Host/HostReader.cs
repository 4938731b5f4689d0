using System.Globalization;
using PgAspire.Postgres.Metrics;

namespace PgAspire.Monitor.Host;

/// <summary>Reads what the host sees of an instance, as far as it was told where to look and may look there.</summary>
internal sealed class HostReader(WatchedInstance instance)
{
    private ContainerPlaces? _places;

    /// <summary>The values of now; null where nothing is to be seen.</summary>
    public MetricSample? Read(string role)
    {
        var sample = new MetricSample(instance.Cluster, instance.Name, role);
        var process = OperatingSystem.IsLinux() ? FindProcess() : null;
        var places = process is { } member ? PlacesOf(member) : null;
        Try(() => FileSystemView.Read(instance.DataDirectory ?? places?.FileSystem, sample));
        if ((instance.Cgroup ?? places?.Cgroup) is { } cgroup)
        {
            foreach (var read in CgroupView.Parts)
            {
                Try(() => read(cgroup, sample));
            }
        }

        if (process is { } postmaster)
        {
            // The group tells more of what a container does, and its processes what it was not given to count.
            var processes = new MetricSample(instance.Cluster, instance.Name, role);
            Try(() => ProcessView.Read(postmaster, processes));
            sample.AddMissing(processes);
            Try(() => NetworkView.Read(postmaster, sample));
        }

        return sample.All.Any() ? sample : null;
    }

    /// <summary>The places of a container, which are others after its next start; null of a server that is none.</summary>
    private ContainerPlaces? PlacesOf(int process)
    {
        if (instance.ProcessFile is null && instance.ProcessId is null)
        {
            return null;
        }

        if (_places?.Process != process)
        {
            _places = null;
            Try(() => _places = ContainerPlaces.Find(process, instance.DataMount));
        }

        return _places;
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
