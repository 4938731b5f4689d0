namespace PgAspire.SampleApi.Clusters;

/// <summary>Orders names as people do: <c>pg2</c> before <c>pg10</c>.</summary>
internal sealed class NaturalOrder : IComparer<string>
{
    public static readonly NaturalOrder Instance = new();

    public int Compare(string? x, string? y)
    {
        if (x is null || y is null)
        {
            return string.CompareOrdinal(x, y);
        }

        var (left, right) = (Split(x), Split(y));
        var byPrefix = string.CompareOrdinal(left.Prefix, right.Prefix);
        var byNumber = byPrefix != 0 ? byPrefix : left.Number.CompareTo(right.Number);
        return byNumber != 0 ? byNumber : string.CompareOrdinal(x, y);
    }

    private static (string Prefix, ulong Number) Split(string name)
    {
        var prefix = name.TrimEnd(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
        return (prefix, ulong.TryParse(name.AsSpan(prefix.Length), out var number) ? number : 0);
    }
}
