namespace PgAspire.Monitor.Host;

/// <summary>Where this machine has what belongs to a container.</summary>
/// <param name="Process">A process of it.</param>
/// <param name="Cgroup">The folder of its control group; null where it has none that is its own, or only one of version 1.</param>
/// <param name="FileSystem">A folder on the file system of its data; null where this machine's mounts have none that this user may look at.</param>
internal sealed record ContainerPlaces(int Process, string? Cgroup, string? FileSystem)
{
    /// <summary>Finds them by any process of the container.</summary>
    /// <param name="data">Where its data are mounted in it; null where nobody knows.</param>
    /// <exception cref="IOException">The process has ended.</exception>
    public static ContainerPlaces Find(int process, string? data) =>
        new(process, CgroupView.FolderOf(File.ReadAllText($"/proc/{process}/cgroup")), data is null ? null : MountTable.Find(process, data));
}
