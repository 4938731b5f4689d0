using System.Collections.Concurrent;
using NpgsqlTypes;
using PgAspire.Cli.Processes;
using PgAspire.Postgres.Configuration;
using PgAspire.Postgres.Control;
using PgAspire.Postgres.Declaration;
using PgAspire.Postgres.Roles;
using PgAspire.Postgres.Topology;

namespace PgAspire.Cli.Embedded;

/// <summary>The instances of one cluster, for its supervisor.</summary>
internal sealed class EmbeddedCluster(
    StateFolder folder, PostgresInstallation postgres, EmbeddedController controller, RolePasswords passwords, Durability durability) : IClusterController
{
    private static readonly TimeSpan FencePatience = TimeSpan.FromSeconds(30);

    /// <summary>Those whose server has written its last and may still have processes.</summary>
    private readonly ConcurrentDictionary<int, bool> _ended = new();

    public bool IsFailure(Exception exception) => exception is CliException;

    public bool HasData(Instance instance) => DataOf(instance).State == DataDirectoryState.Finished;

    public bool IsRunning(Instance instance) => controller.IsRunning(instance);

    public ServerProcess ProcessOf(Instance instance) => controller.Running(instance) is { } server
        ? EndOfWal(instance, server) is null ? ServerProcess.Running : ServerProcess.Gone
        : _ended.ContainsKey(instance.Ordinal) || PostmasterFile.ProcessesIn(folder.Data(instance)).Count == 0 ? ServerProcess.Gone : ServerProcess.Headless;

    public NpgsqlLogSequenceNumber? EndOfWal(Instance instance) => controller.Running(instance) is { } server ? EndOfWal(instance, server) : null;

    public Task<string?> WhyEndedAsync(Instance instance, CancellationToken cancellationToken) =>
        Task.FromResult(StartFailure.WhyEnded(folder.Data(instance), folder.Log(instance)));

    public async Task StartAsync(Instance instance, CancellationToken cancellationToken)
    {
        WritePassword(instance);
        await LetEndAsync(instance, cancellationToken);
        await controller.StartAsync(instance, cancellationToken);
    }

    public Task StopAsync(Instance instance, ShutdownMode mode, CancellationToken cancellationToken) => controller.StopAsync(instance, mode, cancellationToken);

    /// <inheritdoc/>
    /// <exception cref="CliException">Some are still there after half a minute.</exception>
    public async Task FenceAsync(Instance instance, CancellationToken cancellationToken)
    {
        var data = folder.Data(instance);
        bool IsGone()
        {
            var left = PostmasterFile.ProcessesIn(data);
            foreach (var process in left)
            {
                // One that is stopped (SIGSTOP) dies of it too.
                Native.Signal(process, Native.SigKill);
            }

            return left.Count == 0;
        }

        if (!await Wait.UntilAsync(IsGone, FencePatience, cancellationToken))
        {
            throw new CliException($"{instance.Name}: its processes do not end: {string.Join(", ", PostmasterFile.ProcessesIn(data))}");
        }
    }

    public async Task StartReplicaAsync(Instance instance, Instance primary, bool anew, CancellationToken cancellationToken)
    {
        var data = DataOf(instance);
        if (!anew && data.State == DataDirectoryState.Finished)
        {
            if (!data.IsReplica)
            {
                await LetEndAsync(instance, cancellationToken);
                await DataRewind.RunAsync(folder, postgres, instance, primary, passwords, durability, cancellationToken);
            }

            ReplicaSource.Follow(folder, instance, primary);
            await StartAsync(instance, cancellationToken);
            return;
        }

        await FenceAsync(instance, cancellationToken);
        if (data.State == DataDirectoryState.Finished)
        {
            data.Reopen();
        }

        await data.DiscardAsync(cancellationToken);
        await new InstanceMaker(folder, postgres, controller, durability).MakeAsync(instance, async made =>
        {
            await ReplicaSource.CopyAsync(folder, postgres, made, instance, primary, passwords, cancellationToken);
            await StartAsync(instance, cancellationToken);
        }, cancellationToken);
    }

    /// <summary>What a replica's connection to its primary takes the password from.</summary>
    public void WritePassword(Instance instance) =>
        folder.WriteOwned(Path.Combine(folder.Data(instance), PrimaryConnection.PasswordFile), PrimaryConnection.Passwords(passwords.Replicator));

    private NpgsqlLogSequenceNumber? EndOfWal(Instance instance, PostmasterFile server)
    {
        if (!server.IsStopping)
        {
            _ended.TryRemove(instance.Ordinal, out _);
            return null;
        }

        try
        {
            var end = ControlFile.ShutdownCheckpoint(File.ReadAllBytes(Path.Combine(folder.Data(instance), "global", "pg_control")));
            if (end is not null)
            {
                _ended[instance.Ordinal] = true;
            }

            return end;
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            // It is being written, or gone: then its process tells.
            return null;
        }
    }

    /// <summary>Waits for a server that counts as gone already.</summary>
    private async Task LetEndAsync(Instance instance, CancellationToken cancellationToken)
    {
        await controller.SettleAsync(instance, cancellationToken);
        if (_ended.ContainsKey(instance.Ordinal))
        {
            await Wait.UntilAsync(() => PostmasterFile.ProcessesIn(folder.Data(instance)).Count == 0, FencePatience, cancellationToken);
            _ended.TryRemove(instance.Ordinal, out _);
        }
    }

    private DataDirectory DataOf(Instance instance) => new(folder.Data(instance), folder);
}
