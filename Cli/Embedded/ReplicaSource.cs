using System.Globalization;
using PgAspire.Cli.Processes;
using PgAspire.Postgres.Roles;
using PgAspire.Postgres.Topology;

namespace PgAspire.Cli.Embedded;

/// <summary>Copies a running primary's data for a new replica.</summary>
internal static class ReplicaSource
{
    /// <summary>Fills a data directory by pg_basebackup, set up to stream through a slot of the replica's own.</summary>
    /// <exception cref="CliException">The copy fails.</exception>
    public static async Task CopyAsync(
        StateFolder folder, PostgresInstallation postgres, DataDirectory data, Instance replica, Instance primary, RolePasswords passwords, CancellationToken cancellationToken)
    {
        var slot = replica.Id.Replace('-', '_');
        await using (var connection = await ClusterConnection.OpenAsync(primary, "postgres", RoleNames.Superuser, passwords.Superuser, cancellationToken))
        {
            await connection.ExecuteAsync(
                $"SELECT pg_create_physical_replication_slot('{slot}', true) WHERE NOT EXISTS (SELECT FROM pg_replication_slots WHERE slot_name = '{slot}')",
                cancellationToken);
        }

        // pg_basebackup wants an empty folder, and the marker of an unfinished directory lies in this one.
        var copy = Path.Combine(data.FullPath, "copy");
        folder.MakeOwned(copy);
        var backup = new ExternalProgram(
            postgres.Program("pg_basebackup"),
            "--pgdata", copy, "--write-recovery-conf", "--slot", slot, "--checkpoint=fast", "--wal-method=stream", "--no-password", "--no-sync",
            "--host=127.0.0.1", string.Create(CultureInfo.InvariantCulture, $"--port={primary.Port}"), $"--username={RoleNames.Replicator}")
        {
            Environment = new Dictionary<string, string?> { ["PGPASSWORD"] = passwords.Replicator, ["PGAPPNAME"] = slot },
        };
        var result = await folder.User.Wrap(backup).RunAsync(cancellationToken);
        if (result.ExitCode != 0)
        {
            throw new CliException($"{replica.Name} cannot be copied from {primary.Name}: {result.Error.Trim()}");
        }

        new DataDirectory(copy, folder).ForgetCopiedMarker();
        foreach (var entry in new DirectoryInfo(copy).EnumerateFileSystemInfos())
        {
            Directory.Move(entry.FullName, Path.Combine(data.FullPath, entry.Name));
        }

        Directory.Delete(copy);
    }
}
