using PgAspire.Cli.Processes;

namespace PgAspire.Cli.Embedded;

/// <summary>Where an installed PostgreSQL may lie.</summary>
internal static class InstallationFolders
{
    private static readonly (string Root, string Pattern, string Tail)[] Usual =
    [
        ("/usr/lib/postgresql", "*", "bin"), // Debian, Ubuntu
        ("/usr", "pgsql-*", "bin"), // Red Hat, Fedora (PGDG)
        ("/opt/homebrew/opt", "postgresql@*", "bin"), // Homebrew, Apple silicon
        ("/usr/local/opt", "postgresql@*", "bin"), // Homebrew, Intel
        ("/home/linuxbrew/.linuxbrew/opt", "postgresql@*", "bin"),
        ("/Applications/Postgres.app/Contents/Versions", "*", "bin"),
        (@"C:\Program Files\PostgreSQL", "*", "bin"),
        ("/usr/local", "pgsql", "bin"), // built from source
        ("/usr/local", "bin", ""),
        ("/usr", "bin", ""), // Fedora, Arch
    ];

    /// <summary>Folders to probe, the likeliest first.</summary>
    /// <param name="searchPath">The environment's PATH.</param>
    public static async Task<IReadOnlyList<string>> CandidatesAsync(string? searchPath, CancellationToken cancellationToken)
    {
        var onPath = (searchPath ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        var folders = onPath.Concat(await AskPgConfigAsync(onPath, cancellationToken)).Concat(Usual.SelectMany(Expand));
        return [.. folders.Where(Directory.Exists).Distinct()];
    }

    private static IEnumerable<string> Expand((string Root, string Pattern, string Tail) place) =>
        Directory.Exists(place.Root)
            ? Directory.EnumerateDirectories(place.Root, place.Pattern).Select(folder => Path.Combine(folder, place.Tail).TrimEnd(Path.DirectorySeparatorChar))
            : [];

    private static async Task<IEnumerable<string>> AskPgConfigAsync(IEnumerable<string> onPath, CancellationToken cancellationToken)
    {
        var program = onPath
            .Select(folder => Path.Combine(folder, OperatingSystem.IsWindows() ? "pg_config.exe" : "pg_config"))
            .FirstOrDefault(File.Exists);
        if (program is null)
        {
            return [];
        }

        var result = await new ExternalProgram(program, "--bindir").RunAsync(cancellationToken);
        return result.ExitCode == 0 ? [result.Output.Trim()] : [];
    }
}
