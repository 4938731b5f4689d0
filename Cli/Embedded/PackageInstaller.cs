using PgAspire.Cli.Processes;

namespace PgAspire.Cli.Embedded;

/// <summary>Installs PostgreSQL with the system's package manager where that needs no password.</summary>
internal class PackageInstaller(Action<string> notify)
{
    private const string ClusterConfiguration = "/etc/postgresql-common/createcluster.d/pgaspire.conf";

    /// <summary>The command that installs PostgreSQL on this system.</summary>
    public static string Advice(int major) => true switch
    {
        _ when File.Exists("/usr/bin/apt-get") => "Install it with: sudo apt-get install postgresql",
        _ when File.Exists("/usr/bin/dnf") => "Install it with: sudo dnf install postgresql-server postgresql-contrib",
        _ when File.Exists("/usr/bin/pacman") => "Install it with: sudo pacman -S postgresql",
        _ when File.Exists("/sbin/apk") => "Install it with: sudo apk add postgresql postgresql-contrib",
        _ when OperatingSystem.IsMacOS() => $"Install it with: brew install postgresql@{major}",
        _ when OperatingSystem.IsWindows() => $"Install it with: winget install PostgreSQL.PostgreSQL.{major}",
        _ => "Install it with the system's package manager.",
    } + $", or name the folder of its programs with --pg-bin or {InstallationLocator.Variable}.";

    /// <summary>Installs the declared major version where the package manager has it, its default one otherwise.</summary>
    /// <exception cref="CliException">It cannot be installed from here, with the command that does.</exception>
    public virtual async Task InstallAsync(int major, CancellationToken cancellationToken)
    {
        if (!File.Exists("/usr/bin/apt-get") || await PrivilegeAsync(cancellationToken) is not { } privilege)
        {
            throw new CliException($"No PostgreSQL server is installed. {Advice(major)}");
        }

        notify("No PostgreSQL server is installed: installing one with apt-get …");
        await RequireAsync(privilege, ["apt-get", "update", "-q"], cancellationToken);
        var known = await new ExternalProgram("apt-cache", "show", $"postgresql-{major}").RunAsync(cancellationToken);

        // Debian's package would make and start a cluster of its own on port 5432.
        await RequireAsync(privilege, ["apt-get", "install", "-q", "-y", "postgresql-common"], cancellationToken);
        await RequireAsync(privilege, ["sh", "-c", $"mkdir -p {Path.GetDirectoryName(ClusterConfiguration)} && echo 'create_main_cluster = false' > {ClusterConfiguration}"], cancellationToken);
        await RequireAsync(privilege, ["apt-get", "install", "-q", "-y", known.ExitCode == 0 ? $"postgresql-{major}" : "postgresql"], cancellationToken);
        await RequireAsync(privilege, ["rm", "-f", ClusterConfiguration], cancellationToken);
    }

    private static async Task<IReadOnlyList<string>?> PrivilegeAsync(CancellationToken cancellationToken)
    {
        if (Native.IsRoot)
        {
            return [];
        }

        return File.Exists("/usr/bin/sudo") && (await new ExternalProgram("sudo", "-n", "true").RunAsync(cancellationToken)).ExitCode == 0 ? ["sudo", "-n"] : null;
    }

    private static async Task RequireAsync(IReadOnlyList<string> privilege, IReadOnlyList<string> words, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> all = [.. privilege, "env", "DEBIAN_FRONTEND=noninteractive", .. words];
        var result = await new ExternalProgram(all[0], [.. all.Skip(1)]).RunAsync(cancellationToken);
        if (result.ExitCode != 0)
        {
            throw new CliException($"{string.Join(' ', words)} failed:{Environment.NewLine}{string.Join(Environment.NewLine, (result.Output + result.Error).Trim().Split('\n').TakeLast(8))}");
        }
    }
}
