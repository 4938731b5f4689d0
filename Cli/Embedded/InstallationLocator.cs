using PgAspire.Postgres.Declaration;

namespace PgAspire.Cli.Embedded;

/// <summary>Finds the PostgreSQL that the servers run on.</summary>
internal sealed class InstallationLocator(PackageInstaller installer, Action<string> notify)
{
    public const string Variable = "PGASPIRE_PG_BIN";

    /// <summary>Finds one; installs one where there is none and the system's package manager can.</summary>
    /// <param name="folder">Its programs' folder, as the user said; null to look for it.</param>
    /// <param name="declared">The declared major version.</param>
    /// <param name="existingData">Major version of data that exist already; null where there are none.</param>
    /// <exception cref="CliException">There is none.</exception>
    public async Task<PostgresInstallation> LocateAsync(string? folder, int declared, int? existingData, CancellationToken cancellationToken)
    {
        folder ??= Environment.GetEnvironmentVariable(Variable);
        if (!string.IsNullOrEmpty(folder))
        {
            return await PostgresInstallation.ProbeAsync(folder, cancellationToken)
                ?? throw new CliException($"{folder} has no PostgreSQL server: postgres, initdb, pg_ctl, pg_basebackup and psql must all be in it (--pg-bin or {Variable}).");
        }

        var found = await FindAllAsync(cancellationToken);
        if (Choose(found, declared, existingData) is null)
        {
            await installer.InstallAsync(declared, cancellationToken);
            found = await FindAllAsync(cancellationToken);
        }

        var chosen = Choose(found, declared, existingData)
            ?? throw new CliException($"No PostgreSQL of {PostgresVersions.Oldest} or later is installed. {PackageInstaller.Advice(declared)}");
        if (chosen.Major != declared)
        {
            notify($"PostgreSQL {declared} is declared but not installed: using {chosen.Version} of {chosen.Binaries}.");
        }

        return chosen;
    }

    /// <summary>The declared major version, else that of the existing data, else the newest.</summary>
    internal static PostgresInstallation? Choose(IReadOnlyCollection<PostgresInstallation> found, int declared, int? existingData)
    {
        var usable = found.Where(installation => installation.Major >= PostgresVersions.Oldest).ToList();
        return usable.Find(installation => installation.Major == declared)
            ?? usable.Find(installation => installation.Major == existingData)
            ?? usable.MaxBy(installation => installation.Major);
    }

    private static async Task<IReadOnlyCollection<PostgresInstallation>> FindAllAsync(CancellationToken cancellationToken)
    {
        var folders = await InstallationFolders.CandidatesAsync(Environment.GetEnvironmentVariable("PATH"), cancellationToken);
        var probes = await Task.WhenAll(folders.Select(candidate => PostgresInstallation.ProbeAsync(candidate, cancellationToken)));
        return [.. probes.OfType<PostgresInstallation>()];
    }
}
