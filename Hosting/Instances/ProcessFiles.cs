using System.Globalization;
using Aspire.Hosting;
using Microsoft.Extensions.Logging;
using PgAspire.Hosting.Resources;

namespace PgAspire.Hosting.Instances;

/// <summary>
/// Tells a monitor which process of this machine an instance's server is, and where its log is: a file an instance with the number of its
/// container's first process, and one with a command, written anew when the instance is ready after a start.
/// </summary>
internal sealed class ProcessFiles(ContainerEngine engine, ILogger<ProcessFiles> logger) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("pgaspire-").FullName;

    /// <summary>The file of an instance; there is none before it is ready.</summary>
    public string Of(PostgresInstanceResource instance) => Path.Combine(_folder, instance.Name);

    /// <summary>The file with the command that prints an instance's log, a word a line; there is none before it is ready.</summary>
    public string LogCommandOf(PostgresInstanceResource instance) => $"{Of(instance)}.log-command";

    /// <summary>Writes the files.</summary>
    public async Task WriteAsync(PostgresInstanceResource instance, string container, CancellationToken cancellationToken)
    {
        try
        {
            await File.WriteAllLinesAsync(LogCommandOf(instance), engine.LogCommand(container), cancellationToken);
            var (_, process) = await Task.Run(() => engine.LookAt(container), cancellationToken);
            await File.WriteAllTextAsync(Of(instance), process.ToString(CultureInfo.InvariantCulture), cancellationToken);
        }
        catch (DistributedApplicationException exception)
        {
            // The monitor does without what it cannot see.
            logger.LogInformation("{Instance}: {Reason}", instance.Name, exception.Message);
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
