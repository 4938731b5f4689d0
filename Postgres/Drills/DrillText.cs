using System.Globalization;

namespace PgAspire.Postgres.Drills;

/// <summary>What drills measured, for people.</summary>
public static class DrillText
{
    /// <summary>One drill, a few lines.</summary>
    public static string Of(DrillReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        var writes = report.Writes;
        List<FormattableString> lines =
        [
            $"{report.Fault.ToString().ToLowerInvariant()} {report.Instance}: {(report.IsPassed ? "passed" : "FAILED")}",
            $"  primary           {report.PrimaryBefore} → {report.PrimaryAfter ?? "none"}",
            $"  write outage      {Seconds(report.WriteOutage)}{Split(report.Split)}",
            $"  read outage       {Seconds(report.ReadOutage)} of the primary, {Seconds(report.ReplicaReadOutage)} where a replica is preferred",
            $"  whole again       {(report.WholeAfter is { } whole ? $"after {Seconds(whole)}" : "NOT")}",
            $"  writes            {writes.Acknowledged} acknowledged, {Count(writes.Lost)} lost, {Count(writes.Doubled)} doubled; {writes.Ambiguous} broken off, {writes.AmbiguousArrived} of them arrived",
        ];
        if (!report.IsSynchronous && writes.Lost.Count > 0)
        {
            lines.Add($"  Commits wait for no replica here: synchronous \"any 1\" loses none.");
        }

        return string.Join('\n', lines.Select(line => line.ToString(CultureInfo.InvariantCulture)));
    }

    /// <summary>Over several drills, one line.</summary>
    public static string Summary(IReadOnlyList<DrillReport> reports)
    {
        var outages = reports.Select(report => report.WriteOutage).Order().ToList();
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{reports.Count} drills: {reports.Count(report => report.IsPassed)} passed, {reports.Sum(report => report.Writes.Acknowledged)} writes acknowledged, {reports.Sum(report => report.Writes.Lost.Count)} lost; write outage median {Seconds(outages[outages.Count / 2])}, longest {Seconds(outages[^1])}");
    }

    private static string Split(FailoverSplit? split) => split is null ? "" : string.Create(
        CultureInfo.InvariantCulture,
        $" (detection {split.Detection:0.00}, fencing {split.Fencing:0.00}, election {split.Election:0.00}, promotion {split.Promotion:0.00}, reconnection {split.Reconnection:0.00})");

    private static string Count(IReadOnlyList<long> numbers) =>
        numbers.Count == 0 ? "0" : string.Create(CultureInfo.InvariantCulture, $"{numbers.Count} ({string.Join(", ", numbers.Take(5))}{(numbers.Count > 5 ? " …" : "")})");

    private static string Seconds(double seconds) => seconds.ToString("0.00 s", CultureInfo.InvariantCulture);
}
