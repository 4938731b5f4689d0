using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Aspire.Hosting;
using Microsoft.Extensions.Configuration;

namespace PgAspire.Hosting;

/// <summary>The container engine's command line, for the few things that Aspire has no method for.</summary>
internal sealed class ContainerEngine(IConfiguration configuration)
{
    private const string LogLines = "20000";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private string Program =>
        configuration["DcpPublisher:ContainerRuntime"] ?? configuration["ASPIRE_CONTAINER_RUNTIME"] ?? "docker";

    /// <summary>The command that opens psql in an instance's container, as its application's role.</summary>
    public string PsqlLine(string container, string role, string database) =>
        $"{Program} exec -it -u postgres {container} psql -U {role} -d {database}";

    /// <summary>The command that prints the end of a container's log.</summary>
    public IReadOnlyList<string> LogCommand(string container) => [Program, "logs", "--tail", LogLines, container];

    /// <summary>What the engine says of a container: <c>running</c>, <c>paused</c>, <c>exited</c>, …; empty where there is no such one.</summary>
    public string StateOf(string container) => LookAt(container).State;

    /// <summary>The same, and the number of its first process; 0 where it has none.</summary>
    public (string State, int Process) LookAt(string container)
    {
        var start = new ProcessStartInfo(Program, ["container", "inspect", "--format", "{{.State.Status}} {{.State.Pid}}", container])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var said = process.StandardOutput.ReadToEnd().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        process.WaitForExit();
        return process.ExitCode == 0 ? (said[0], int.Parse(said[1], CultureInfo.InvariantCulture))
            : error.GetAwaiter().GetResult() is var text && text.Contains("no such", StringComparison.OrdinalIgnoreCase) ? ("", 0)
            : throw new DistributedApplicationException($"{Program} container inspect failed: {text.Trim()}");
    }

    /// <summary>Kills a container; one that is paused too.</summary>
    public Task KillAsync(string container, CancellationToken cancellationToken) => SignalAsync(container, "KILL", cancellationToken);

    /// <summary>Has the server of a container shut down, fast and clean, and waits for nothing.</summary>
    public Task ShutDownAsync(string container, CancellationToken cancellationToken) => SignalAsync(container, "INT", cancellationToken);

    private async Task SignalAsync(string container, string signal, CancellationToken cancellationToken)
    {
        try
        {
            await RunAsync(null, ["kill", "--signal", signal, container], cancellationToken);
        }
        catch (DistributedApplicationException) when (StateOf(container) is not ("running" or "paused"))
        {
            // It ended by itself meanwhile.
        }
    }

    /// <summary>Whether it answers at all.</summary>
    public async Task<bool> AnswersAsync(CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            await RunAsync(null, ["ps", "--quiet"], patience.Token);
            return true;
        }
        catch (Exception exception) when (exception is DistributedApplicationException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return false;
        }
    }

    /// <summary>Whether there is a volume of this name.</summary>
    public async Task<bool> HasVolumeAsync(string name, CancellationToken cancellationToken) =>
        (await RunAsync(null, ["volume", "ls", "--quiet", "--filter", $"name={name}"], cancellationToken)).Split('\n', StringSplitOptions.TrimEntries).Contains(name);

    /// <summary>Runs the engine's command line to its end.</summary>
    /// <param name="input">Written to its standard input, where no process list shows it; null for nothing.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="cancellationToken">Kills it.</param>
    /// <returns>What it wrote to standard output.</returns>
    /// <exception cref="DistributedApplicationException">It cannot be started, or it failed.</exception>
    public async Task<string> RunAsync(string? input, IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(Program, arguments)
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        try
        {
            using var process = Process.Start(start)!;
            using var registration = cancellationToken.Register(process.Kill);
            var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
            var error = process.StandardError.ReadToEndAsync(CancellationToken.None);
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
            await Task.WhenAll(output, error, process.WaitForExitAsync(CancellationToken.None));
            cancellationToken.ThrowIfCancellationRequested();
            if (process.ExitCode != 0)
            {
                throw new DistributedApplicationException($"{Program} {start.ArgumentList[0]} failed: {(await error).Trim()}");
            }

            return await output;
        }
        catch (Win32Exception exception)
        {
            throw new DistributedApplicationException($"{Program} cannot be started: {exception.Message}", exception);
        }
    }
}
