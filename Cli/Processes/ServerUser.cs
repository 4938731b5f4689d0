using System.Globalization;

namespace PgAspire.Cli.Processes;

/// <summary>Who the servers run as: PostgreSQL refuses to run as root, so that root hands them to an unprivileged user.</summary>
internal sealed class ServerUser
{
    private static readonly string[] Candidates = ["postgres", "nobody"];
    private readonly (string Name, uint User, uint Group)? _other;

    private ServerUser((string, uint, uint)? other) => _other = other;

    /// <summary>Whether the servers run as another user than this process.</summary>
    public bool IsOther => _other is not null;

    public string Name => _other?.Name ?? System.Environment.UserName;

    /// <summary>This user, or for root the first of postgres and nobody that the system has.</summary>
    public static ServerUser Current()
    {
        if (!Native.IsRoot)
        {
            return new(null);
        }

        var entries = File.ReadLines("/etc/passwd").Select(line => line.Split(':')).Where(fields => fields.Length > 3).ToList();
        var fields = Candidates.Select(name => entries.Find(entry => entry[0] == name)).FirstOrDefault(entry => entry is not null)
            ?? throw new CliException("PostgreSQL refuses to run as root, and there is no user postgres or nobody to run it as: useradd --system postgres");
        return new((fields[0], uint.Parse(fields[2], CultureInfo.InvariantCulture), uint.Parse(fields[3], CultureInfo.InvariantCulture)));
    }

    /// <summary>The command as this user.</summary>
    public ExternalProgram Wrap(ExternalProgram command) => _other is not { } user
        ? command
        : command with
        {
            Program = "setpriv",
            Arguments =
            [
                $"--reuid={user.User}", $"--regid={user.Group}", "--init-groups", "--", command.Program, .. command.Arguments,
            ],
            Environment = new Dictionary<string, string?>(command.Environment) { ["HOME"] = "/", ["USER"] = user.Name, ["LOGNAME"] = user.Name },
            WorkingFolder = command.WorkingFolder ?? "/",
        };

    /// <summary>Hands a file or folder to this user.</summary>
    public void Own(string path)
    {
        if (_other is { } user)
        {
            Native.ChangeOwner(path, user.User, user.Group);
        }
    }

    /// <summary>Whether this user can reach a folder: every folder above must let others through.</summary>
    public bool CanReach(string folder)
    {
        if (_other is null || OperatingSystem.IsWindows())
        {
            return true;
        }

        for (var parent = new DirectoryInfo(folder); parent is not null; parent = parent.Parent)
        {
            if (parent.Exists && (parent.UnixFileMode & UnixFileMode.OtherExecute) == 0)
            {
                return false;
            }
        }

        return true;
    }
}
