using System.Text;
using PgAspire.Cli.Processes;
using PgAspire.Postgres.Topology;

namespace PgAspire.Cli.Embedded;

/// <summary>The one folder that holds data, logs, secrets and sockets of the embedded host.</summary>
internal sealed class StateFolder(string root, ServerUser user)
{
    public const string Variable = "PGASPIRE_STATE";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode LetThrough = OwnerOnly | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    public string Root { get; } = root;

    public ServerUser User { get; } = user;

    public string LockFile => Path.Combine(Root, "lock");

    public string StateFile => Path.Combine(Root, "state.json");

    public string SecretsFile => Path.Combine(Root, "secrets.json");

    public string Templates => Path.Combine(Root, "templates");

    public string Sockets => Path.Combine(Root, "run");

    public string DataFolder => Path.Combine(Root, "data");

    public string Logs => Path.Combine(Root, "logs");

    public string ApiLog => Path.Combine(Logs, "api.log");

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
            if (Path.GetDirectoryName(Root) is { } parent && !Directory.Exists(parent))
            {
                Make(parent, LetThrough | UnixFileMode.GroupRead | UnixFileMode.OtherRead, ours: true);
            }

            Make(Root, User.IsOther ? LetThrough : OwnerOnly, ours: true);
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

    /// <summary>Removes a file, a link, or a folder with all that is in it.</summary>
    public static void Remove(FileSystemInfo entry)
    {
        if (entry is DirectoryInfo folder && folder.LinkTarget is null)
        {
            folder.Delete(recursive: true);
        }
        else
        {
            entry.Delete();
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

    private void Make(string folder, UnixFileMode mode, bool ours)
    {
        if (Directory.Exists(folder))
        {
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
