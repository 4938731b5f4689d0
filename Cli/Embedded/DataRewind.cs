using System.Globalization;
using PgAspire.Cli.Processes;
using PgAspire.Postgres.Declaration;
using PgAspire.Postgres.Roles;
using PgAspire.Postgres.Topology;

namespace PgAspire.Cli.Embedded;

/// <summary>Takes an old primary's data back to where they parted from the new primary's.</summary>
internal static class DataRewind
{
    /// <summary>Runs pg_rewind, which also recovers data that were not shut down cleanly, and changes nothing where they have not parted.</summary>
    /// <exception cref="CliException">It cannot: the WAL since then is gone. Copy the data anew.</exception>
    public static async Task RunAsync(
        StateFolder folder, PostgresInstallation postgres, Instance target, Instance source, RolePasswords passwords, Durability durability, CancellationToken cancellationToken)
    {
        // Before version 16 the control file, which pg_rewind goes by, names the new timeline only after a checkpoint. And it copies all
        // WAL, of which the segments of earlier timelines stay for as long as the last one is still being written.
        await using (var connection = await ClusterConnection.OpenAsync(source, "postgres", RoleNames.Superuser, passwords.Superuser, cancellationToken, timeoutSeconds: 300))
        {
            await connection.ExecuteAsync("SELECT pg_switch_wal()", cancellationToken);
            await connection.ExecuteAsync("CHECKPOINT", cancellationToken);
        }

        // It starts a server of its own where the data were not shut down cleanly.
        await PostmasterFile.LetStartAsync(folder.Data(target), cancellationToken);

        // The data may be half rewound from here on: they can only be rewound again or discarded.
        var rewind = new ExternalProgram(
            postgres.Program("pg_rewind"),
            [
                "--target-pgdata", folder.Data(target),
                "--source-server", string.Create(CultureInfo.InvariantCulture, $"host=127.0.0.1 port={source.Port} user={RoleNames.Superuser} dbname=postgres"),
                .. durability == Durability.Fast ? ["--no-sync"] : Array.Empty<string>(),
            ])
        {
            Environment = new Dictionary<string, string?> { ["PGPASSWORD"] = passwords.Superuser, ["PGAPPNAME"] = "pgaspire rewind" },
        };
        var result = await folder.User.Wrap(rewind).RunAsync(cancellationToken);
        if (result.ExitCode != 0)
        {
            throw new CliException($"{target.Name} cannot be rewound: {StartFailure.LastWords(result.Error.Trim().Split('\n'))}");
        }
    }
}
