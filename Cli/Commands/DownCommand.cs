using System.CommandLine;
using PgAspire.Cli.Aspire;
using PgAspire.Cli.Embedded;
using PgAspire.Cli.Output;
using PgAspire.Cli.Processes;

namespace PgAspire.Cli.Commands;

/// <summary><c>down</c>: stops everything, by a clean shutdown of every server.</summary>
internal static class DownCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private static readonly Option<bool> Volumes = new("--volumes") { Description = "Also remove all data, logs and secrets of the topology" };

    public static Command Create()
    {
        var command = new Command("down", "Stops the API and the monitor, and shuts every server down cleanly. Data are kept.") { Volumes };
        command.SetAction((parse, cancellationToken) => RunAsync(parse, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parse, CancellationToken cancellationToken)
    {
        var folder = CommonOptions.StateFolder(parse);
        if (!Directory.Exists(folder.Root))
        {
            Console.WriteLine("Nothing is there: no topology was ever up here.");
            return ExitCodes.Done;
        }

        var progress = new ConsoleProgress();
        EndForeground(folder, progress);
        using (await OperationLock.WaitAsync(folder, "down", Patience, cancellationToken)
            ?? throw new CliException($"Another command is still at work here: {OperationLock.HolderOf(folder)?.Command}, process {OperationLock.HolderOf(folder)?.Process.Id}."))
        {
            await StopAsync(folder, progress, cancellationToken);
            if (!parse.GetValue(Volumes))
            {
                Console.WriteLine($"Stopped. Data are kept{(new StateStore(folder).Read().Host == HostChoice.Aspire ? " in their volumes" : $" in {folder.Root}")}.");
                return ExitCodes.Done;
            }

            await AspireSession.RemoveVolumesAsync(AspireSession.VolumesOf(folder, new StateStore(folder).Read()), cancellationToken);
            folder.RemoveContents();
        }

        folder.RemoveRoot();
        Console.WriteLine($"Stopped, and all data removed from {folder.Root}.");
        return ExitCodes.Done;
    }

    private static async Task StopAsync(StateFolder folder, ConsoleProgress progress, CancellationToken cancellationToken)
    {
        var store = new StateStore(folder);
        await new AppHostProcess(folder, progress).StopAsync(cancellationToken);
        await new SupervisorProcess(folder).StopAsync(cancellationToken);
        await EmbeddedUp.StopServicesAsync(folder, progress, cancellationToken);
        await new EmbeddedHost(folder, new InstallationLocator(new PackageInstaller(progress.Notice), progress.Notice), progress).StopAsync(cancellationToken);
        store.Write(store.Read() with { Owner = null, Services = new Dictionary<string, KnownService>(), AppHost = null, Supervisor = null });
    }

    /// <summary>An <c>up</c> in the foreground, or one that still works, is asked to end; it stops what it started.</summary>
    private static void EndForeground(StateFolder folder, ConsoleProgress progress)
    {
        var holder = OperationLock.HolderOf(folder);
        var up = holder?.Command == "up" ? holder.Process : new StateStore(folder).Read().Owner;
        if (up is not null && up.IsAlive() && !OperatingSystem.IsWindows())
        {
            progress.Notice($"Ending pgaspire up, process {up.Id} …");
            Native.Signal(up.Id, Native.SigTerm);
        }
    }
}
