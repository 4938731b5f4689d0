using System.Text;
using PgAspire.Cli.Processes;
using PgAspire.Postgres.Topology;

namespace PgAspire.Cli.Embedded;

/// <summary>The one folder that holds data, logs, secrets and sockets of the embedded host.</summary>
internal sealed class StateFolder(string root, ServerUser user)
{
    public const string Variable = "PGASPIRE_STATE";
    private const int Busy = 16; // EBUSY
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode LetThrough = OwnerOnly | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    public string Root { get; } = root;

    public ServerUser User { get; } = user;

    public string LockFile => Path.Combine(Root, "lock");

    /// <summary>Who holds the lock.</summary>
    public string HolderFile => Path.Combine(Root, "lock.json");

    public string StateFile => Path.Combine(Root, "state.json");

    public string SecretsFile => Path.Combine(Root, "secrets.json");

    /// <summary>What the Aspire app host says of itself.</summary>
    public string AppHostFile => Path.Combine(Root, "apphost.json");

    public string Templates => Path.Combine(Root, "templates");

    public string Sockets => Path.Combine(Root, "run");

    public string DataFolder => Path.Combine(Root, "data");

    /// <summary>Configuration and data of Prometheus and Alertmanager.</summary>
    public string Monitoring => Path.Combine(Root, "monitoring");

    public string Logs => Path.Combine(Root, "logs");

    /// <summary>What is remembered of clusters with replicas, a file each, and what is asked of their supervisor.</summary>
    public string Failover => Path.Combine(Root, "failover");

    /// <summary>What the supervisor did, for programs.</summary>
    public string SupervisorEvents => Path.Combine(Failover, "events.jsonl");

    /// <summary>The log of a service beside the instances.</summary>
    public string ServiceLog(string service) => Path.Combine(Logs, $"{service}.log");

    public string Data(Instance instance) => Path.Combine(DataFolder, instance.Id);

    public string Log(Instance instance) => Path.Combine(Logs, $"{instance.Id}.log");

    public string InitStaging(string cluster) => Path.Combine(Root, "init", cluster);

    /// <summary>The folder that the user said, or <c>.pgaspire</c> beside the declaration.</summary>
    /// <param name="said">The option or the environment variable; null for the default.</param>
    /// <param name="projectFolder">The folder of the declaration.</param>
    /// <param name="user">Who the servers run as; must be able to reach the folder.</param>
    /// <exception cref="CliException">The servers' user cannot reach the folder that was said.</exception>
    public static StateFolder Resolve(string? said, string projectFolder, ServerUser user)
    {
        said = string.IsNullOrEmpty(said) ? Environment.GetEnvironmentVariable(Variable) : said;
        if (!string.IsNullOrEmpty(said))
        {
            var folder = Path.GetFullPath(said);
            return user.CanReach(Path.GetDirectoryName(folder) ?? folder)
                ? new(folder, user)
                : throw new CliException($"{folder} is closed to the user {user.Name}, who runs the servers since PostgreSQL refuses to run as root: choose another state folder (--state or {Variable}).");
        }

        if (user.CanReach(projectFolder))
        {
            return new(Path.Combine(projectFolder, ".pgaspire"), user);
        }

        // root's own home is closed to the servers' user.
        var name = projectFolder.Trim(Path.DirectorySeparatorChar).Replace(Path.DirectorySeparatorChar, '-');
        return new(Path.Combine("/var/lib/pgaspire", name), user);
    }

    /// <summary>Makes the folders.</summary>
    /// <exception cref="CliException">It cannot be written to.</exception>
    public void Prepare()
    {
        try
        {
            MakeParents(Path.GetDirectoryName(Root));
            Make(Root, User.IsOther ? LetThrough : OwnerOnly, ours: true);
            Make(Failover, OwnerOnly, ours: true);
            foreach (var folder in new[] { Templates, DataFolder, Logs, Sockets, Path.Combine(Root, "init") })
            {
                Make(folder, OwnerOnly, ours: false);
            }
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException or IOException)
        {
            throw new CliException($"The state folder {Root} cannot be written to: {exception.Message} Choose another one with --state or {Variable}.", inner: exception);
        }
    }

    /// <summary>Makes a folder of the servers' user.</summary>
    public void MakeOwned(string folder) => Make(folder, OwnerOnly, ours: false);

    /// <summary>Makes a folder of this user.</summary>
    public void MakePrivate(string folder) => Make(folder, OwnerOnly, ours: true);

    /// <summary>Writes a file of the servers' user, whole or not at all.</summary>
    public void WriteOwned(string path, string content)
    {
        var temporary = path + ".new";
        using (var stream = CreatePrivate(temporary))
        {
            stream.Write(Encoding.UTF8.GetBytes(content));
        }

        User.Own(temporary);
        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>Opens a new file that nobody else can read, in place of one that an interrupted command left.</summary>
    public static FileStream CreatePrivate(string path)
    {
        File.Delete(path);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new(path, options);
    }

    /// <summary>Removes all that PgAspire keeps here but the lock; a stranger's file stays.</summary>
    public void RemoveContents()
    {
        // Data and logs may lie behind a link, on another disk.
        foreach (var entry in new[] { DataFolder, Logs }.Where(Directory.Exists).SelectMany(own => new DirectoryInfo(own).EnumerateFileSystemInfos()))
        {
            Remove(entry);
        }

        foreach (var own in new[] { DataFolder, Logs, Templates, Sockets, Failover, Monitoring, Path.Combine(Root, "init") }.Where(Path.Exists))
        {
            Remove(new DirectoryInfo(own));
        }

        foreach (var own in new[] { StateFile, SecretsFile, AppHostFile, StateFile + ".new", SecretsFile + ".new" })
        {
            File.Delete(own);
        }
    }

    /// <summary>Removes the lock, and the folder itself where nothing else is in it and it can be removed.</summary>
    public void RemoveRoot()
    {
        File.Delete(LockFile);
        File.Delete(HolderFile);
        try
        {
            Directory.Delete(Root);
        }
        catch (IOException)
        {
            // A stranger's files, or a mount: it stays, without anything of ours.
        }
    }

    /// <summary>Removes a file, a link, or a folder with all that is in it.</summary>
    public static void Remove(FileSystemInfo entry)
    {
        if (entry is DirectoryInfo folder && folder.LinkTarget is null)
        {
            try
            {
                folder.Delete(recursive: true);
            }
            catch (IOException exception) when (exception.HResult == Busy)
            {
                // A disk is mounted here: empty is all that it can become.
                foreach (var inner in folder.EnumerateFileSystemInfos())
                {
                    Remove(inner);
                }
            }
        }
        else
        {
            entry.Delete();
        }
    }

    /// <summary>Removes what a program that outlived a killed command may still write to: it ends by itself as soon as its files are gone.</summary>
    public static async Task RemoveBusyAsync(FileSystemInfo entry, CancellationToken cancellationToken)
    {
        bool TryRemove()
        {
            try
            {
                Remove(entry);
                return true;
            }
            catch (IOException exception) when (exception is not DirectoryNotFoundException)
            {
                return false;
            }
            catch (DirectoryNotFoundException)
            {
                return !Directory.Exists(entry.FullName);
            }
        }

        if (!await Wait.UntilAsync(TryRemove, TimeSpan.FromSeconds(20), cancellationToken))
        {
            Remove(entry);
        }
    }

    /// <summary>Copies a folder for the servers' user; the target may exist, its files may not.</summary>
    public void CopyOwned(DirectoryInfo source, string target)
    {
        MakeOwned(target);
        foreach (var entry in source.EnumerateFileSystemInfos())
        {
            var path = Path.Combine(target, entry.Name);
            if (entry is DirectoryInfo child)
            {
                CopyOwned(child, path);
            }
            else
            {
                File.Copy(entry.FullName, path);
                User.Own(path);
            }
        }
    }

    /// <summary>Folders above, which the servers' user must pass through whatever the umask says.</summary>
    private void MakeParents(string? folder)
    {
        if (folder is not null && !Directory.Exists(folder))
        {
            MakeParents(Path.GetDirectoryName(folder));
            Make(folder, LetThrough | UnixFileMode.GroupRead | UnixFileMode.OtherRead, ours: true);
        }
    }

    private void Make(string folder, UnixFileMode mode, bool ours)
    {
        if (Directory.Exists(folder))
        {
            if (!ours)
            {
                User.Own(folder); // A command may have been killed before it did.
            }

            return;
        }

        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
            return;
        }

        Directory.CreateDirectory(folder, mode);
        File.SetUnixFileMode(folder, mode);
        if (!ours)
        {
            User.Own(folder);
        }
    }
}
