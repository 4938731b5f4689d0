using PgAspire.Cli.Processes;

namespace PgAspire.Cli.Aspire;

/// <summary>The container engine that Aspire would use.</summary>
internal static class ContainerEngine
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Aspire's own choice: the variable, else docker.</summary>
    public static string Program =>
        Environment.GetEnvironmentVariable("ASPIRE_CONTAINER_RUNTIME") is { Length: > 0 } said ? said : "docker";

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
