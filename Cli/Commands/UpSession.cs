using System.Diagnostics;
using System.Globalization;
using PgAspire.Cli.Embedded;
using PgAspire.Cli.Output;
using PgAspire.Cli.Processes;

namespace PgAspire.Cli.Commands;

/// <summary>One <c>up</c> from the lock to the end of its stay in the foreground.</summary>
internal sealed class UpSession(StateFolder folder, ConsoleProgress progress, IUpHost host)
{
    private readonly StateStore _store = new(folder);

    public async Task<int> RunAsync(bool detach, CancellationToken interrupted)
    {
        var watch = Stopwatch.StartNew();
        using (OperationLock.Take(folder, "up"))
        {
            RefuseSecondForeground(detach);
            try
            {
                await progress.ShowAsync("Bringing the topology up", () => host.BringUpAsync(interrupted));
                if (!detach)
                {
                    _store.Write(_store.Read() with { Owner = DetachedProcess.Current() });
                }
            }
            catch when (interrupted.IsCancellationRequested)
            {
                // Ctrl+C reaches the programs at work too, which then fail by themselves.
                Console.Error.WriteLine("Interrupted: stopping what was started …");
                await StopAllAsync();
                return ExitCodes.Interrupted;
            }
        }

        StatusTable.Write(await StatusReader.ReadAsync(folder, CancellationToken.None));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Ready after {watch.Elapsed.TotalSeconds:0.0} s."));
        return detach ? ExitCodes.Done : await StayAsync(interrupted);
    }

    private async Task<int> StayAsync(CancellationToken interrupted)
    {
        Console.WriteLine("Ctrl+C stops everything; data are kept.");
        try
        {
            await Task.Delay(Timeout.Infinite, interrupted);
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine("Stopping …");
        }

        using var taken = await OperationLock.WaitAsync(folder, "up (stopping)", TimeSpan.FromMinutes(2), CancellationToken.None)
            ?? throw new CliException("Another command is still at work here: run pgaspire down after it.");
        await StopAllAsync();
        return ExitCodes.Done;
    }

    private async Task StopAllAsync()
    {
        await host.StopAsync();
        _store.Write(_store.Read() with { Owner = null, Services = new Dictionary<string, KnownService>(), AppHost = null });
    }

    private void RefuseSecondForeground(bool detach)
    {
        if (_store.Read().Owner is { } owner && owner.IsAlive() && !detach)
        {
            throw new CliException(
                $"The topology is up already, in the foreground of process {owner.Id}. pgaspire status shows it; pgaspire up --detach with other options changes it; pgaspire down stops it.");
        }
    }
}
