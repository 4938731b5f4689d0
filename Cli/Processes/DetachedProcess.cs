using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace PgAspire.Cli.Processes;

/// <summary>A process that outlives this one and its terminal, known by number and start, so that a reused number is no match.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Started">When it started, as the kernel counts: setting the clock does not change it. Null matches no process.</param>
internal sealed record DetachedProcess(int Id, string? Started = null)
{
    /// <summary>Starts a program, its output appended to a log file. One that has ended already is started too: it is not alive.</summary>
    /// <exception cref="CliException">It cannot be started.</exception>
    public static DetachedProcess Start(ExternalProgram command, string logFile)
    {
        var start = command.ToStartInfo();
        if (OperatingSystem.IsWindows())
        {
            start.CreateNoWindow = true;
            return Of(Process.Start(start)!)!;
        }

        try
        {
            var id = SessionSpawn.Start(start.FileName, start.ArgumentList, start.Environment, start.WorkingDirectory, logFile);
            return Find(id) ?? new(id);
        }
        catch (Win32Exception exception)
        {
            throw new CliException($"{command.Program} cannot be started with its log in {logFile}: {exception.Message}", inner: exception);
        }
    }

    public static DetachedProcess Current() => Of(Process.GetCurrentProcess())!;

    /// <summary>The process of this number; null where it is gone, or dead and not yet buried.</summary>
    public static DetachedProcess? Find(int id)
    {
        try
        {
            if (!OperatingSystem.IsWindows())
            {
                SessionSpawn.Reap(id);
            }

            using var process = Process.GetProcessById(id);
            return Of(process);
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or Win32Exception or IOException)
        {
            return null;
        }
    }

    public bool IsAlive() => Started is not null && Find(Id) == this;

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

    private static DetachedProcess? Of(Process process)
    {
        if (!OperatingSystem.IsLinux())
        {
            return new(process.Id, process.StartTime.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture));
        }

        // proc_pid_stat(5), after the name: the state, and 19 fields on the start in clock ticks since the boot.
        var text = File.ReadAllText($"/proc/{process.Id}/stat");
        var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
        return fields[0] == "Z" ? null : new(process.Id, $"{fields[19]} ticks after boot {File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim()}");
    }
}
