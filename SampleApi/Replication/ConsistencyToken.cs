using System.Globalization;
using NpgsqlTypes;

namespace PgAspire.SampleApi.Replication;

/// <summary>
/// What a session has written, as one position a cluster: <c>pg1:1:0/3000148,pg2:1:0/1F0A2B8</c>. A replica that has not
/// come that far does not answer the session's reads. Opaque to clients.
/// </summary>
public sealed class ConsistencyToken
{
    public const string Header = "Consistency-Token";
    public const int LongestText = 16 * 1024;

    public static readonly ConsistencyToken None = new([]);

    private readonly SortedDictionary<string, WalPosition> _positions;

    private ConsistencyToken(SortedDictionary<string, WalPosition> positions) => _positions = positions;

    public WalPosition? this[string cluster] => _positions.TryGetValue(cluster, out var position) ? position : null;

    /// <summary>This token and one more write.</summary>
    public ConsistencyToken With(string cluster, WalPosition position)
    {
        var positions = new SortedDictionary<string, WalPosition>(_positions, StringComparer.Ordinal);
        if (!positions.TryGetValue(cluster, out var known) || position.IsAfter(known))
        {
            positions[cluster] = position;
        }

        return new(positions);
    }

    /// <summary>Reads a token, or none of an absent one.</summary>
    public static bool TryParse(string? text, out ConsistencyToken token)
    {
        token = None;
        if (text is null)
        {
            return true;
        }

        if (text.Length > LongestText)
        {
            return false;
        }

        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            // From the end: a cluster's name may contain anything else.
            var lsnAt = part.LastIndexOf(':');
            var timelineAt = lsnAt > 0 ? part.LastIndexOf(':', lsnAt - 1) : -1;
            if (timelineAt <= 0
                || !uint.TryParse(part.AsSpan(timelineAt + 1, lsnAt - timelineAt - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var timeline)
                || !NpgsqlLogSequenceNumber.TryParse(part.AsSpan(lsnAt + 1), out var lsn))
            {
                token = None;
                return false;
            }

            token = token.With(part[..timelineAt], new(timeline, lsn));
        }

        return true;
    }

    public override string ToString() => string.Join(',', _positions.Select(
        entry => string.Create(CultureInfo.InvariantCulture, $"{entry.Key}:{entry.Value.Timeline}:{entry.Value.Lsn}")));
}
