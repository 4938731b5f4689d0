using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Logging;
using PgAspire.Hosting.Resources;

namespace PgAspire.Hosting.States;

/// <summary>What the container of an instance has written so far.</summary>
internal static class InstanceLog
{
    /// <summary>Its lines; none where the orchestrator cannot read them, as of a container that is about to be made or removed.</summary>
    public static async Task<IReadOnlyList<string>> ReadAsync(ResourceLoggerService loggers, PostgresInstanceResource instance, CancellationToken cancellationToken)
    {
        var lines = new List<string>();
        try
        {
            await foreach (var batch in loggers.GetAllAsync(instance).WithCancellation(cancellationToken))
            {
                lines.AddRange(batch.Select(line => line.Content));
            }
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // Of a type of the orchestrator's client, which is none of Aspire's API.
            loggers.GetLogger(instance.Cluster).LogWarning("{Instance}: its log cannot be read: {Reason}", instance.Name, exception.Message);
        }

        return lines;
    }
}
