using System.Diagnostics;
using System.Globalization;

namespace PgAspire.Cli.Processes;

/// <summary>A process that outlives this one and its terminal, known by number and start time, so that a reused number is no match.</summary>
internal sealed record DetachedProcess(int Id, DateTime StartedAt)
{
    /// <summary>Starts a program, its output appended to a log file.</summary>
    public static async Task<DetachedProcess> StartAsync(Command command, string logFile, CancellationToken cancellationToken)
    {
        if (OperatingSystem.IsWindows())
        {
            var start = command.ToStartInfo();
            start.CreateNoWindow = true;
            return Of(Process.Start(start)!);
        }

        // A job in the background of a shell that ends is nobody's child: Ctrl+C and a closed terminal do not reach it.
        var shell = command with
        {
            Program = "/bin/sh",
            Arguments = ["-c", "log=$1; shift; nohup \"$@\" </dev/null >>\"$log\" 2>&1 & echo $!", "sh", logFile, command.Program, .. command.Arguments],
        };
        var result = await shell.RunAsync(cancellationToken);
        return int.TryParse(result.Output.Trim(), CultureInfo.InvariantCulture, out var id) && Find(id) is { } process
            ? process
            : throw new CliException($"{command.Program} ended at once; its log: {logFile}");
    }

    public static DetachedProcess Current() => Of(Process.GetCurrentProcess());

    public bool IsAlive() => Find(Id) is { } found && Math.Abs((found.StartedAt - StartedAt).TotalSeconds) < 2;

    /// <summary>Asks it to end, and waits for that; kills it after <paramref name="patience"/>.</summary>
    public async Task StopAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        if (!IsAlive())
        {
            return;
        }

        using var process = Process.GetProcessById(Id);
        if (OperatingSystem.IsWindows() || !Native.Signal(Id, Native.SigTerm))
        {
            process.Kill();
        }

        using var patient = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patient.CancelAfter(patience);
        try
        {
            await process.WaitForExitAsync(patient.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            process.Kill();
            await process.WaitForExitAsync(cancellationToken);
        }
    }

    private static DetachedProcess? Find(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            return Of(process);
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
        {
            return null;
        }
    }

    private static DetachedProcess Of(Process process) => new(process.Id, process.StartTime.ToUniversalTime());
}
