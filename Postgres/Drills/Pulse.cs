using System.Diagnostics;

namespace PgAspire.Postgres.Drills;

/// <summary>When something succeeded, again and again, on a clock that nobody sets.</summary>
internal sealed class Pulse
{
    private readonly Lock _lock = new();
    private readonly List<long> _beats = [];

    public void Beat()
    {
        lock (_lock)
        {
            _beats.Add(Stopwatch.GetTimestamp());
        }
    }

    /// <summary>How often since a moment.</summary>
    public int CountSince(long moment)
    {
        lock (_lock)
        {
            return _beats.FindIndex(beat => beat > moment) is >= 0 and var first ? _beats.Count - first : 0;
        }
    }

    /// <summary>The first success after a moment; null where there was none.</summary>
    public long? FirstSince(long moment)
    {
        lock (_lock)
        {
            return _beats.FindIndex(beat => beat > moment) is >= 0 and var first ? _beats[first] : null;
        }
    }

    /// <summary>The longest gap from a fault on.</summary>
    public Gap LongestGap(long fault, long end)
    {
        lock (_lock)
        {
            return Gap.Longest(_beats, fault, end);
        }
    }
}

/// <summary>A stretch without success, between two readings of <see cref="Stopwatch"/>.</summary>
/// <param name="From">The last success before it.</param>
/// <param name="To">The first one after it, or the end of the drill.</param>
internal readonly record struct Gap(long From, long To)
{
    public TimeSpan Length => Stopwatch.GetElapsedTime(From, To);

    /// <summary>The longest gap that had not ended when the fault came; one that never ended counts to the end.</summary>
    public static Gap Longest(IEnumerable<long> successes, long fault, long end)
    {
        var (before, longest) = ((long?)null, new Gap(fault, fault));
        foreach (var success in successes.Order().Append(end))
        {
            if (success > fault && new Gap(before ?? fault, success) is var gap && gap.To - gap.From > longest.To - longest.From)
            {
                longest = gap;
            }

            before = success;
        }

        return longest;
    }
}
