using PgAspire.Postgres.Declaration;
using PgAspire.Postgres.Roles;
using PgAspire.Postgres.Topology;

namespace PgAspire.Cli.Embedded;

/// <summary>Makes the first instance of new clusters.</summary>
internal sealed class ClusterMaker(
    StateFolder folder, PostgresInstallation postgres, EmbeddedController controller, InitRunner init, TopologyDeclaration declaration)
{
    /// <summary>Makes the first instance of a cluster, and leaves it running as its primary.</summary>
    /// <exception cref="CliException">It cannot be made.</exception>
    public Task MakePrimaryAsync(Instance instance, TemplateCluster template, RolePasswords passwords, CancellationToken cancellationToken) =>
        new InstanceMaker(folder, postgres, controller, declaration.Durability).MakeAsync(instance, async data =>
        {
            await template.FillAsync(data, cancellationToken);
            await controller.StartAsync(instance, cancellationToken);
            await BootstrapAsync(instance, template, passwords, cancellationToken);
        }, cancellationToken);

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
}
