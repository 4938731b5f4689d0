namespace PgAspire.Postgres.Diagnostics;

/// <summary>What one instance answered.</summary>
/// <param name="Cluster">Its cluster.</param>
/// <param name="Instance">Its name.</param>
/// <param name="Server">What it is; null where it did not answer at all.</param>
/// <param name="Rows">The rows, as they are shown.</param>
public sealed record InstanceReport(string Cluster, string Instance, ServerFacts? Server, IReadOnlyList<Row> Rows)
{
    /// <summary>Why there is no answer to be had; null where there is one.</summary>
    public string? Skipped { get; init; }

    /// <summary>Why it did not answer; null where it did.</summary>
    public string? Failure { get; init; }

    /// <summary>Its role: <c>primary</c> or <c>replica</c>; null where it did not answer.</summary>
    public string? Role => Server is null ? null : Server.IsReplica ? "replica" : "primary";
}

/// <summary>One diagnostic over all instances.</summary>
/// <param name="Diagnostic">The diagnostic.</param>
/// <param name="Instances">What each answered.</param>
public sealed record DiagnosticReport(Diagnostic Diagnostic, IReadOnlyList<InstanceReport> Instances)
{
    /// <summary>What there is to say, the worst first.</summary>
    public IReadOnlyList<PlacedFinding> Findings { get; } =
    [
        .. Instances
            .SelectMany(report => report.Server is null || report.Skipped is not null || report.Failure is not null ? [] : Judge(Diagnostic, report))
            .Concat(Diagnostic.Compare(Instances))
            .OrderByDescending(placed => placed.Finding.Severity),
    ];

    private static IEnumerable<PlacedFinding> Judge(Diagnostic diagnostic, InstanceReport report) =>
        diagnostic.Judge(report.Rows, report.Server!).Select(finding => new PlacedFinding(report.Cluster, report.Instance, finding.On(report.Instance)));
}
