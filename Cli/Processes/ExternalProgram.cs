using System.ComponentModel;
using System.Diagnostics;

namespace PgAspire.Cli.Processes;

/// <summary>What a finished program left.</summary>
internal sealed record CommandResult(int ExitCode, string Output, string Error);

/// <summary>One run of a program to its end.</summary>
internal sealed record ExternalProgram(string Program, params IReadOnlyList<string> Arguments)
{
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    public string? WorkingFolder { get; init; }

    /// <summary>Written to standard input, which is closed after it; null gives an empty one.</summary>
    public Func<Stream, CancellationToken, Task>? Input { get; init; }

    public ProcessStartInfo ToStartInfo()
    {
        var start = new ProcessStartInfo(Program, Arguments) { WorkingDirectory = WorkingFolder ?? "" };
        foreach (var (name, value) in Environment)
        {
            start.Environment[name] = value;
        }

        return start;
    }

    /// <summary>Runs it; kills it where <paramref name="cancellationToken"/> is cancelled.</summary>
    /// <exception cref="CliException">The program cannot be started.</exception>
    public async Task<CommandResult> RunAsync(CancellationToken cancellationToken)
    {
        var start = ToStartInfo();
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        using var process = Start(start);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var error = process.StandardError.ReadToEndAsync(cancellationToken);
            await FeedAsync(process, cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return new(process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    /// <summary>Runs it on this process's own terminal, to its end.</summary>
    public async Task<int> RunAttachedAsync()
    {
        using var process = Start(ToStartInfo());
        await process.WaitForExitAsync(CancellationToken.None);
        return process.ExitCode;
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception exception)
        {
            throw new CliException($"{start.FileName} cannot be started: {exception.Message}", inner: exception);
        }
    }

    private async Task FeedAsync(Process process, CancellationToken cancellationToken)
    {
        try
        {
            if (Input is not null)
            {
                await Input(process.StandardInput.BaseStream, cancellationToken);
            }

            process.StandardInput.Close();
        }
        catch (IOException) when (process.WaitForExit(TimeSpan.FromSeconds(5)))
        {
            // The program ended without reading all: its exit code says why.
        }
    }
}
