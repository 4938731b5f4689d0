using PgAspire.Postgres.Control;
using PgAspire.Postgres.Roles;
using PgAspire.Postgres.Topology;

namespace PgAspire.Cli.Embedded;

/// <summary>Brings one cluster up: makes, starts or adopts its instances, the primary first.</summary>
internal sealed class ClusterBringUp(
    StateFolder folder, PostgresInstallation postgres, EmbeddedController controller, UpRequest request, ReplicatedCluster replicated, IProgressSink progress)
{
    private readonly InitRunner _init = new(folder, postgres, request.Init, request.Declaration.Database);
    private TemplateCluster? _template;

    /// <summary>Does what new clusters share, where there are any.</summary>
    public async Task PrepareAsync(DataSurvey survey, CancellationToken cancellationToken)
    {
        if (survey.IsAnyAbsent)
        {
            _init.Stage();
        }

        var missing = request.Plan.Clusters.Count(cluster => cluster.Instances.All(instance => StateOf(instance).State != DataDirectoryState.Finished));
        if (missing > 0)
        {
            _template = await TemplateCluster.GetAsync(folder, postgres, missing, cancellationToken);
        }
    }

    /// <summary>Returns when the cluster is ready.</summary>
    public async Task RunAsync(Cluster cluster, RolePasswords passwords, CancellationToken cancellationToken)
    {
        var primary = replicated.PrimaryOf(cluster);
        if (request.ResetPasswords)
        {
            await ResetPasswordsAsync(cluster, primary, passwords, cancellationToken);
        }

        // What runs is adopted, with the settings as they are declared now; the rest is made or started.
        foreach (var instance in cluster.Instances.Where(instance => instance != primary && StateOf(instance).State == DataDirectoryState.Finished))
        {
            await controller.SettleAsync(instance, cancellationToken);
            if (controller.IsRunning(instance))
            {
                progress.Report(instance.Name, "running");
                await AdoptAsync(instance, passwords, cancellationToken);
            }
        }

        // Where other instances have data, what becomes of a primary without is not to be made anew here.
        if (!replicated.Has(cluster) || controller.IsRunning(primary) || cluster.Instances.All(instance => StateOf(instance).State != DataDirectoryState.Finished))
        {
            await BringUpAsync(primary, passwords, () => new ClusterMaker(folder, postgres, controller, _init, request.Declaration)
                .MakePrimaryAsync(primary, _template!, passwords, cancellationToken), cancellationToken);
        }

        if (replicated.Has(cluster))
        {
            await replicated.BringUpAsync(cluster, passwords, cancellationToken);
            primary = replicated.PrimaryOf(cluster);
        }

        if (!await ClusterConnection.CheckReadyAsync(primary, request.Declaration.Database, passwords, cancellationToken))
        {
            await ClusterConnection.GiveMonitorRightsAsync(primary, request.Declaration.Database, passwords, cancellationToken);
        }

        progress.Report(primary.Name, "ready");
    }

    private async Task ResetPasswordsAsync(Cluster cluster, Instance primary, RolePasswords passwords, CancellationToken cancellationToken)
    {
        foreach (var instance in cluster.Instances.Where(instance => StateOf(instance).State == DataDirectoryState.Finished))
        {
            await controller.SettleAsync(instance, cancellationToken);
            progress.Report(instance.Name, "setting passwords");
            await controller.StopAsync(instance, ShutdownMode.Fast, cancellationToken);
        }

        // Replicas learn them from their primary.
        if (StateOf(primary) is { State: DataDirectoryState.Finished, IsReplica: false })
        {
            await PasswordReset.RunAsync(folder, postgres, primary, passwords, cancellationToken);
        }
    }

    private DataDirectory StateOf(Instance instance) => new(folder.Data(instance), folder);

    private async Task BringUpAsync(Instance instance, RolePasswords passwords, Func<Task> make, CancellationToken cancellationToken)
    {
        var data = StateOf(instance);
        if (data.State != DataDirectoryState.Finished)
        {
            progress.Report(instance.Name, "making");
            await controller.StopAsync(instance, ShutdownMode.Immediate, cancellationToken);
            await data.DiscardAsync(cancellationToken);
            await make();
            return;
        }

        await controller.SettleAsync(instance, cancellationToken);
        if (controller.Running(instance) is null)
        {
            progress.Report(instance.Name, "starting");
            await controller.StartAsync(instance, cancellationToken);
            return;
        }

        progress.Report(instance.Name, "running");
        await AdoptAsync(instance, passwords, cancellationToken);
    }

    private async Task AdoptAsync(Instance instance, RolePasswords passwords, CancellationToken cancellationToken)
    {
        var changed = await controller.ReconfigureAsync(instance, cancellationToken);
        if (changed.Count == 0)
        {
            return;
        }

        await using var connection = await ClusterConnection.OpenAsync(instance, "postgres", RoleNames.Monitor, passwords.Monitor, cancellationToken);
        await using var command = new Npgsql.NpgsqlCommand("SELECT name FROM pg_settings WHERE context = 'postmaster' AND name = ANY($1) ORDER BY name", connection);
        command.Parameters.AddWithValue(changed.ToArray());
        var waiting = new List<string>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            waiting.Add(reader.GetString(0));
        }

        if (waiting.Count > 0)
        {
            progress.Notice($"{instance.Name}: {string.Join(", ", waiting)} takes effect at its next start (down, then up).");
        }
    }
}
