using System.Text.RegularExpressions;
using PgAspire.Cli.Processes;

namespace PgAspire.Cli.Embedded;

/// <summary>An installed PostgreSQL.</summary>
/// <param name="Binaries">The folder of its programs.</param>
/// <param name="Description">What <c>postgres --version</c> says.</param>
/// <param name="Version">For example <c>18.1</c>.</param>
/// <param name="Major">For example 18.</param>
internal sealed partial record PostgresInstallation(string Binaries, string Description, string Version, int Major)
{
    private static readonly string[] Needed = ["postgres", "initdb", "pg_ctl", "pg_basebackup", "psql"];
    private static readonly string[] LibraryFolders = ["../lib", "../lib/postgresql", "../lib64/pgsql", "../lib64/postgresql"];
    private static readonly string Suffix = OperatingSystem.IsWindows() ? ".exe" : "";

    public string Program(string name) => Path.Combine(Binaries, name + Suffix);

    /// <summary>Whether a library that a server can load lies in the installation.</summary>
    /// <param name="name">Its name without a suffix.</param>
    public async Task<bool> HasLibraryAsync(string name, CancellationToken cancellationToken)
    {
        var file = name + (OperatingSystem.IsWindows() ? ".dll" : OperatingSystem.IsMacOS() && Major >= 16 ? ".dylib" : ".so");
        if (LibraryFolders.Any(folder => File.Exists(Path.Combine(Binaries, folder, file))))
        {
            return true;
        }

        // The folder is where it was built for, and pg_config knows; it comes with the development package, and so may be missing.
        if (!File.Exists(Program("pg_config")))
        {
            return false;
        }

        var result = await new ExternalProgram(Program("pg_config"), "--pkglibdir").RunAsync(cancellationToken);
        return result.ExitCode == 0 && File.Exists(Path.Combine(result.Output.Trim(), file));
    }

    /// <summary>Asks the programs of a folder for their version; null where there is no whole server in it.</summary>
    public static async Task<PostgresInstallation?> ProbeAsync(string folder, CancellationToken cancellationToken)
    {
        var found = new FileInfo(Path.Combine(folder, "postgres" + Suffix));
        if (!found.Exists)
        {
            return null;
        }

        // A link on PATH may stand alone; the other programs lie beside the real one.
        folder = Path.GetDirectoryName((found.ResolveLinkTarget(returnFinalTarget: true) ?? found).FullName)!;
        if (!Needed.All(name => File.Exists(Path.Combine(folder, name + Suffix))))
        {
            return null;
        }

        var postgres = Path.Combine(folder, "postgres" + Suffix);
        var result = await new ExternalProgram(postgres, "--version").RunAsync(cancellationToken);
        return result.ExitCode == 0 ? Parse(folder, result.Output.Trim()) : null;
    }

    internal static PostgresInstallation? Parse(string folder, string description) =>
        VersionNumber().Match(description) is { Success: true } match
            ? new(folder, description, match.Value, int.Parse(match.Groups["major"].ValueSpan, System.Globalization.CultureInfo.InvariantCulture))
            : null;

    [GeneratedRegex(@"(?<major>\d+)(\.\d+|devel|beta\d+|rc\d+)")]
    private static partial Regex VersionNumber();
}
