using PgAspire.Cli.Processes;

namespace PgAspire.Cli.Aspire;

/// <summary>The container engine that Aspire would use.</summary>
internal static class ContainerEngine
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Aspire's own choice: the variable, else docker.</summary>
    public static string Program =>
        Environment.GetEnvironmentVariable("ASPIRE_CONTAINER_RUNTIME") is { Length: > 0 } said ? said : "docker";

    /// <summary>The names of the containers that run, or are not removed yet.</summary>
    /// <exception cref="CliException">The engine does not answer.</exception>
    public static async Task<IReadOnlyCollection<string>> RunningAsync(CancellationToken cancellationToken)
    {
        var result = await new ExternalProgram(Program, "ps", "--all", "--format", "{{.Names}}").RunAsync(cancellationToken);
        return result.ExitCode == 0
            ? result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            : throw new CliException($"{Program} ps failed: {result.Error.Trim()}");
    }

    /// <summary>Whether the engine answers.</summary>
    public static async Task<bool> AnswersAsync(CancellationToken cancellationToken)
    {
        using var patient = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patient.CancelAfter(Patience);
        try
        {
            return (await new ExternalProgram(Program, "version", "--format", "{{.Server.Version}}").RunAsync(patient.Token)).ExitCode == 0;
        }
        catch (CliException)
        {
            return false; // There is no such program.
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }
}
