using System.ComponentModel;
using System.Diagnostics;
using Aspire.Hosting;
using Microsoft.Extensions.Configuration;

namespace PgAspire.Hosting;

/// <summary>The container engine's command line, for the few things that Aspire has no method for.</summary>
internal sealed class ContainerEngine(IConfiguration configuration)
{
    private string Program =>
        configuration["DcpPublisher:ContainerRuntime"] ?? configuration["ASPIRE_CONTAINER_RUNTIME"] ?? "docker";

    /// <summary>The command that opens psql in an instance's container, as its application's role.</summary>
    public string PsqlLine(string container, string role, string database) =>
        $"{Program} exec -it -u postgres {container} psql -U {role} -d {database}";

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
