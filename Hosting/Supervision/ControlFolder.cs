using PgAspire.Hosting.Resources;
using PgAspire.Postgres.Roles;
using PgAspire.Postgres.Supervision;
using PgAspire.Postgres.Topology;

namespace PgAspire.Hosting.Supervision;

/// <summary>
/// What a supervisor keeps on this machine of one cluster: what it remembers, and for every instance a folder that its container
/// reads at each start, with the part that it has and the passwords that a replica needs.
/// </summary>
internal sealed class ControlFolder
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private readonly string _root;

    /// <summary>Makes the folders.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="key">What tells this cluster's data from all others on this machine: the name of its first volume.</param>
    /// <param name="scope">A run that nobody comes back to keeps nothing.</param>
    public ControlFolder(PostgresClusterResource cluster, string key, RunScope scope)
    {
        _root = scope.IsTransient ? Path.Combine(Path.GetTempPath(), $"pgaspire-{SupervisionFolder.NameOf(key)}") : SupervisionFolder.Of(key);
        foreach (var folder in cluster.Instances.Select(Of).Prepend(Requests).Prepend(_root))
        {
            Make(folder);
        }

        IsTransient = scope.IsTransient;
        Memory = new(_root);
        Events = new(Path.Combine(_root, "events.jsonl"));
    }

    /// <summary>What is remembered.</summary>
    public FileMemoryStore Memory { get; }

    /// <summary>What the supervisor did.</summary>
    public SupervisorEventFile Events { get; }

    /// <summary>The folder of the last reports of drills.</summary>
    public string Reports => _root;

    /// <summary>Whether it goes with the run.</summary>
    public bool IsTransient { get; }

    /// <summary>The folder of requests and replies.</summary>
    public string Requests => Path.Combine(_root, SupervisionFolder.Requests);

    /// <summary>The folder that an instance's container sees.</summary>
    public string Of(PostgresInstanceResource instance) => Path.Combine(_root, instance.Name);

    /// <summary>Has an instance start on the data that it has; new ones are made only where that is said.</summary>
    public void LetStart(PostgresInstanceResource instance, bool make) => Write(instance, $"role=primary\nmake={(make ? "yes" : "no")}\n");

    /// <summary>Has an instance start as a replica.</summary>
    /// <param name="instance">The replica.</param>
    /// <param name="primary">The primary.</param>
    /// <param name="anew">Whether its data are to be a new copy of the primary's; null where they are to be the ones that it has, or it is not to start.</param>
    public void LetFollow(PostgresInstanceResource instance, PostgresInstanceResource primary, bool? anew) => Write(
        instance, $"role=replica\nprimary={primary.Name}\nname={ReplicaName.Of(instance.ToInstance())}\nanew={anew switch { true => "yes", false => "no", null => "never" }}\n");

    /// <summary>Writes what replicas need; root in the container reads it.</summary>
    public void WritePasswords(PostgresInstanceResource instance, RolePasswords passwords)
    {
        WriteText(Path.Combine(Of(instance), RoleNames.Replicator), passwords.Replicator);
        WriteText(Path.Combine(Of(instance), RoleNames.Superuser), passwords.Superuser);
    }

    /// <summary>Deletes all of it, once: who holds it is a service under two names, and disposed of twice.</summary>
    public void Delete()
    {
        if (Directory.Exists(_root))
        {
            Directory.Delete(_root, recursive: true);
        }
    }

    private void Write(PostgresInstanceResource instance, string text) => WriteText(Path.Combine(Of(instance), "role"), text);

    private static void WriteText(string path, string text) => DurableFile.Write(path, stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(text)));

    private static void Make(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, OwnerOnly);
        }
    }
}
