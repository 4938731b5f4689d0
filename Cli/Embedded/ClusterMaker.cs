using PgAspire.Cli.Processes;
using PgAspire.Postgres.Control;
using PgAspire.Postgres.Declaration;
using PgAspire.Postgres.Roles;
using PgAspire.Postgres.Topology;

namespace PgAspire.Cli.Embedded;

/// <summary>Makes the data of new instances. What is interrupted or fails on the way is discarded, now or by the next start.</summary>
internal sealed class ClusterMaker(
    StateFolder folder, PostgresInstallation postgres, EmbeddedController controller, InitRunner init, TopologyDeclaration declaration)
{
    /// <summary>Makes the first instance of a cluster, and leaves it running as its primary.</summary>
    /// <exception cref="CliException">It cannot be made.</exception>
    public Task MakePrimaryAsync(Instance instance, TemplateCluster template, RolePasswords passwords, CancellationToken cancellationToken) =>
        MakeAsync(instance, async data =>
        {
            await template.FillAsync(data, cancellationToken);
            await controller.StartAsync(instance, cancellationToken);
            await BootstrapAsync(instance, template, passwords, cancellationToken);
        }, cancellationToken);

    /// <summary>Makes a replica of a running primary, and leaves it running.</summary>
    /// <exception cref="CliException">It cannot be made.</exception>
    public Task MakeReplicaAsync(Instance instance, Instance primary, RolePasswords passwords, CancellationToken cancellationToken) =>
        MakeAsync(instance, async data =>
        {
            await ReplicaSource.CopyAsync(folder, postgres, data, instance, primary, passwords, cancellationToken);
            await controller.StartAsync(instance, cancellationToken);
        }, cancellationToken);

    private async Task MakeAsync(Instance instance, Func<DataDirectory, Task> fill, CancellationToken cancellationToken)
    {
        var data = new DataDirectory(folder.Data(instance), folder);
        var log = folder.Log(instance);
        var logStart = File.Exists(log) ? new FileInfo(log).Length : 0;
        try
        {
            data.Begin();
            await fill(data);
            await FlushAsync(data, cancellationToken);
            data.Finish();
        }
        catch (Exception exception)
        {
            var isFull = StartFailure.IsNoSpace(exception) || StartFailure.SaysNoSpace(log, logStart);
            await controller.StopAsync(instance, ShutdownMode.Immediate, CancellationToken.None);
            await data.DiscardAsync(CancellationToken.None);
            if (isFull)
            {
                throw new CliException($"{instance.Name}: no space left on the disk of {folder.Root}; a new instance needs about 60 MB. Free some, or choose another state folder (--state).", inner: exception);
            }

            throw;
        }
    }

    private async Task BootstrapAsync(Instance instance, TemplateCluster template, RolePasswords passwords, CancellationToken cancellationToken)
    {
        await using (var maintenance = await ClusterConnection.OpenAsync(
            instance, "postgres", RoleNames.Superuser, template.SuperuserPassword, cancellationToken, timeoutSeconds: 120))
        {
            // One flush is enough: the last statement below waits for the WAL of all.
            await maintenance.ExecuteAsync("SET synchronous_commit = off", cancellationToken);
            foreach (var statement in RoleStatements.For(role => ScramVerifier.Create(passwords.Of(role)), declaration.Database))
            {
                await maintenance.ExecuteAsync(statement, cancellationToken);
            }

            await maintenance.ExecuteAsync(MonitorRights.Sql, cancellationToken);
        }

        await init.RunAsync(instance, passwords, cancellationToken);
        await using var connection = await ClusterConnection.OpenAsync(
            instance, declaration.Database, RoleNames.Superuser, passwords.Superuser, cancellationToken, timeoutSeconds: 120);
        await connection.ExecuteAsync(OwnershipStatement.Sql, cancellationToken);
        await connection.ExecuteAsync(MonitorRights.Sql, cancellationToken);
        await connection.ExecuteAsync(RoleStatements.AdmitApplication, cancellationToken);
    }

    /// <summary>What was copied is not yet on disk, and no checkpoint of the server would put it there.</summary>
    private async Task FlushAsync(DataDirectory data, CancellationToken cancellationToken)
    {
        if (declaration.Durability == Durability.Fast)
        {
            return;
        }

        var sync = OperatingSystem.IsLinux()
            ? new ExternalProgram("sync", "-f", data.FullPath)
            : new ExternalProgram(postgres.Program("initdb"), "--sync-only", "-D", data.FullPath);
        var result = await folder.User.Wrap(sync).RunAsync(cancellationToken);
        if (result.ExitCode != 0)
        {
            throw new CliException($"{data.FullPath} cannot be flushed to disk: {result.Error.Trim()}");
        }
    }
}
