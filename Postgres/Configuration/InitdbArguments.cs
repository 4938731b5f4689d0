using PgAspire.Postgres.Roles;

namespace PgAspire.Postgres.Configuration;

/// <summary>What a new data directory is made with, the same on every host.</summary>
public static class InitdbArguments
{
    /// <summary>Arguments of initdb but for the data directory and the password file.</summary>
    /// <param name="major">Major version of initdb.</param>
    /// <param name="hasUtf8CLocale">Whether the system's C library has the locale C.UTF-8 (Linux has).</param>
    /// <remarks>
    /// Checksums let pg_rewind work and find bad disks. The built-in provider (17 on) sorts alike on every system, which
    /// the C library's locales do not.
    /// </remarks>
    public static IReadOnlyList<string> For(int major, bool hasUtf8CLocale) =>
    [
        $"--username={RoleNames.Superuser}",
        "--encoding=UTF8",
        "--auth=scram-sha-256",
        "--data-checksums",
        .. major >= 17
            ? ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
            : hasUtf8CLocale ? ["--locale=C.UTF-8"] : new[] { "--locale=C" },
    ];
}
