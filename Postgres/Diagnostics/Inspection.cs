namespace PgAspire.Postgres.Diagnostics;

/// <summary>Asks instances, all at the same time, so that one that hangs delays no other.</summary>
public static class Inspection
{
    /// <summary>How long one instance may take for its connection, and for each diagnostic.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(10);

    /// <summary>Runs diagnostics on instances.</summary>
    /// <param name="diagnostics">What to ask.</param>
    /// <param name="targets">Whom to ask. One that does not answer is in the report with the reason.</param>
    /// <param name="patience">How long each may take for its connection, and for each diagnostic.</param>
    /// <returns>A report a diagnostic, in the given order, the instances too.</returns>
    public static async Task<IReadOnlyList<DiagnosticReport>> RunAsync(
        IReadOnlyList<Diagnostic> diagnostics, IReadOnlyList<InspectionTarget> targets, TimeSpan patience, CancellationToken cancellationToken)
    {
        var answers = await Task.WhenAll(targets.Select(target => InstanceInspection.RunAsync(diagnostics, target, patience, cancellationToken)));
        return [.. diagnostics.Select((diagnostic, index) => new DiagnosticReport(diagnostic, [.. answers.Select(answer => answer[index])]))];
    }
}
