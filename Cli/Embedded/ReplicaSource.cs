using System.Globalization;
using PgAspire.Cli.Processes;
using PgAspire.Postgres.Configuration;
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
        var slot = ReplicaName.Of(replica);
        await using (var connection = await ClusterConnection.OpenAsync(primary, "postgres", RoleNames.Superuser, passwords.Superuser, cancellationToken))
        {
            // One of an earlier making may be in use by a copy that outlived a killed command, or be too far behind.
            await connection.ExecuteAsync(
                $"""
                DO $slot$
                BEGIN
                    WHILE EXISTS (SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE slot_name = '{slot}' AND active) LOOP
                        PERFORM pg_sleep(0.05);
                    END LOOP;
                    PERFORM pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = '{slot}';
                    PERFORM pg_create_physical_replication_slot('{slot}', true);
                END
                $slot$
                """,
                cancellationToken);
        }

        // pg_basebackup wants an empty folder, and the marker of an unfinished directory lies in this one.
        var copy = Path.Combine(data.FullPath, $"copy-{Guid.NewGuid():N}");
        folder.MakeOwned(copy);
        var backup = new ExternalProgram(
            postgres.Program("pg_basebackup"),
            "--pgdata", copy, "--slot", slot, "--checkpoint=fast", "--wal-method=stream", "--no-password", "--no-sync",
            "--host=127.0.0.1", string.Create(CultureInfo.InvariantCulture, $"--port={primary.Port}"), $"--username={RoleNames.Replicator}")
        {
            // Not under the replica's name: with a slot it tells what it has on disk, and commits would wait for no more than an unfinished copy.
            Environment = new Dictionary<string, string?> { ["PGPASSWORD"] = passwords.Replicator, ["PGAPPNAME"] = "pgaspire copy" },
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
        Follow(folder, replica, primary);
    }

    /// <summary>Has stopped data be a replica's, of this primary.</summary>
    public static void Follow(StateFolder folder, Instance replica, Instance primary)
    {
        var file = Path.Combine(folder.Data(replica), "postgresql.auto.conf");
        folder.WriteOwned(file, PrimaryConnection.Apply(File.ReadAllText(file), "127.0.0.1", primary.Port!.Value, ReplicaName.Of(replica)));
        new DataDirectory(folder.Data(replica), folder).BecomeReplica();
    }
}
