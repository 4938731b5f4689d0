using System.Globalization;

namespace PgAspire.Postgres.Declaration;

/// <summary>How many replicas a commit waits for: <c>none</c>, or <c>any K</c> for a quorum of K.</summary>
/// <param name="Count">Replicas that must have the commit on disk before it is acknowledged; 0 waits for none.</param>
public readonly record struct SynchronousReplicas(int Count)
{
    /// <summary>Commits wait for no replica.</summary>
    public static SynchronousReplicas None => new(0);

    /// <summary>Reads <c>none</c> or <c>any K</c>, K from 1 on.</summary>
    /// <returns>Whether <paramref name="text"/> was one of them.</returns>
    public static bool TryParse(string? text, out SynchronousReplicas value)
    {
        var words = (text ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        value = None;
        if (words is [var none] && none.Equals("none", StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        if (words is [var any, var number]
            && any.Equals("any", StringComparison.OrdinalIgnoreCase)
            && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            && count > 0)
        {
            value = new(count);
            return true;
        }

        return false;
    }

    /// <inheritdoc/>
    public override string ToString() => Count == 0 ? "none" : string.Create(CultureInfo.InvariantCulture, $"any {Count}");
}
