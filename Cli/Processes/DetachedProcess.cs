using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace PgAspire.Cli.Processes;

/// <summary>A process that outlives this one and its terminal, known by number and start time, so that a reused number is no match.</summary>
internal sealed record DetachedProcess(int Id, DateTime StartedAt)
{
    /// <summary>Starts a program, its output appended to a log file.</summary>
    public static async Task<DetachedProcess> StartAsync(ExternalProgram command, string logFile, CancellationToken cancellationToken)
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

    /// <summary>The process of this number; null where it is gone, or is dead and nobody has asked for its exit code.</summary>
    public static DetachedProcess? Find(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            return IsZombie(id) ? null : Of(process);
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or Win32Exception)
        {
            return null;
        }
    }

    public bool IsAlive() => Find(Id) is { } found && Math.Abs((found.StartedAt - StartedAt).TotalSeconds) < 2;

    /// <summary>Asks it to end, and waits for that; kills it after <paramref name="patience"/>.</summary>
    public async Task StopAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        if (!IsAlive())
        {
            return;
        }

        if (OperatingSystem.IsWindows())
        {
            Kill();
        }
        else
        {
            Native.Signal(Id, Native.SigTerm);
        }

        if (!await Wait.UntilAsync(() => !IsAlive(), patience, cancellationToken))
        {
            Kill();
            await Wait.UntilAsync(() => !IsAlive(), patience, cancellationToken);
        }
    }

    private void Kill()
    {
        if (IsAlive())
        {
            using var process = Process.GetProcessById(Id);
            process.Kill();
        }
    }

    private static bool IsZombie(int id)
    {
        var status = $"/proc/{id}/stat";
        if (!File.Exists(status))
        {
            return false;
        }

        var text = File.ReadAllText(status);
        return text.AsSpan(text.LastIndexOf(')') + 1).TrimStart().StartsWith("Z");
    }

    private static DetachedProcess Of(Process process) => new(process.Id, process.StartTime.ToUniversalTime());
}
