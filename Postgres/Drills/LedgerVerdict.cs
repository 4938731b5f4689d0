namespace PgAspire.Postgres.Drills;

/// <summary>What became of the writes of a drill.</summary>
/// <param name="Acknowledged">How many the servers acknowledged.</param>
/// <param name="Lost">The numbers among them that are not there afterwards.</param>
/// <param name="Doubled">The numbers that are there more than once.</param>
/// <param name="Ambiguous">How many broke off between the write and its acknowledgement: whether they happened nobody was told.</param>
/// <param name="AmbiguousArrived">How many of these did happen.</param>
public sealed record LedgerVerdict(int Acknowledged, IReadOnlyList<long> Lost, IReadOnlyList<long> Doubled, int Ambiguous, int AmbiguousArrived)
{
    /// <summary>Compares what was written with what is there.</summary>
    /// <param name="acknowledged">Numbers whose write was acknowledged.</param>
    /// <param name="ambiguous">Numbers whose write broke off.</param>
    /// <param name="present">The numbers that are there, each as often as it is.</param>
    public static LedgerVerdict Of(IReadOnlyCollection<long> acknowledged, IReadOnlyCollection<long> ambiguous, IReadOnlyCollection<long> present)
    {
        var there = present.ToHashSet();
        return new(
            acknowledged.Count,
            [.. acknowledged.Where(number => !there.Contains(number)).Order()],
            [.. present.GroupBy(number => number).Where(group => group.Count() > 1).Select(group => group.Key).Order()],
            ambiguous.Count,
            ambiguous.Count(there.Contains));
    }
}
