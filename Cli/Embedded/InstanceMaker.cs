using PgAspire.Cli.Processes;
using PgAspire.Postgres.Control;
using PgAspire.Postgres.Declaration;
using PgAspire.Postgres.Topology;

namespace PgAspire.Cli.Embedded;

/// <summary>Makes the data of new instances. What is interrupted or fails on the way is discarded, now or by the next start.</summary>
internal sealed class InstanceMaker(StateFolder folder, PostgresInstallation postgres, EmbeddedController controller, Durability durability)
{
    /// <summary>Makes an instance, and leaves it running.</summary>
    /// <param name="instance">It has no data, or unfinished ones that were discarded.</param>
    /// <param name="fill">Fills its data directory and starts it.</param>
    /// <exception cref="CliException">It cannot be made.</exception>
    public async Task MakeAsync(Instance instance, Func<DataDirectory, Task> fill, CancellationToken cancellationToken)
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
                throw new CliException($"{instance.Name}: no space left on the disk of {data.FullPath}; a new instance needs about 60 MB. Free some, or choose another state folder (--state).", inner: exception);
            }

            throw;
        }
    }

    /// <summary>What was copied is not yet on disk, and no checkpoint of the server would put it there.</summary>
    private async Task FlushAsync(DataDirectory data, CancellationToken cancellationToken)
    {
        if (durability == Durability.Fast)
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
