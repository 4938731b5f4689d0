using System.Diagnostics;

namespace PgAspire.Postgres.Supervision;

/// <summary>
/// How long an instance has been silent, told by tries that failed: what this process itself overslept, on a machine that is
/// overloaded or was suspended, is no silence of the instance.
/// </summary>
/// <param name="longestTry">No try takes longer: a heartbeat and the timeout of a question.</param>
internal sealed class Silence(TimeSpan longestTry)
{
    private TimeSpan _counted;
    private long _mark = Stopwatch.GetTimestamp();
    private bool _hasFailed;

    /// <summary>Zero where no try has failed since it last ended.</summary>
    public TimeSpan Length => _hasFailed ? Counted : TimeSpan.Zero;

    private TimeSpan Counted => _counted + (Stopwatch.GetElapsedTime(_mark) is var elapsed && elapsed < longestTry ? elapsed : longestTry);

    /// <summary>A try has failed.</summary>
    public void Fail() => (_counted, _mark, _hasFailed) = (Counted, Stopwatch.GetTimestamp(), true);

    /// <summary>The instance has answered, or something was done to it.</summary>
    public void End() => (_counted, _mark, _hasFailed) = (TimeSpan.Zero, Stopwatch.GetTimestamp(), false);
}
