namespace PgAspire.Postgres.Declaration;

/// <summary>Finds what somebody meant by a misspelt name.</summary>
public static class NearestName
{
    /// <summary>The one of <paramref name="known"/> nearest to <paramref name="name"/> by edit distance, letters' case aside.</summary>
    /// <returns>The nearest name, or null where more than a third of it (at least two letters) would have to change.</returns>
    public static string? Of(string name, IEnumerable<string> known)
    {
        var nearest = known
            .Select(candidate => (candidate, distance: Distance(name.ToLowerInvariant(), candidate.ToLowerInvariant())))
            .OrderBy(pair => pair.distance)
            .FirstOrDefault();
        return nearest.candidate is not null && nearest.distance <= Math.Max(2, nearest.candidate.Length / 3) ? nearest.candidate : null;
    }

    private static int Distance(string left, string right)
    {
        var row = Enumerable.Range(0, right.Length + 1).ToArray();
        for (var i = 1; i <= left.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var above = row[j];
                var replaced = diagonal + (left[i - 1] == right[j - 1] ? 0 : 1);
                row[j] = Math.Min(replaced, 1 + Math.Min(above, row[j - 1]));
                diagonal = above;
            }
        }

        return row[right.Length];
    }
}
