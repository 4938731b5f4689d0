using PgAspire.Postgres.Supervision;

namespace PgAspire.Postgres.Drills;

/// <summary>Where the time of a write outage went, one part after the other, in seconds.</summary>
/// <param name="Detection">From the fault to the supervisor's first act.</param>
/// <param name="Fencing">Until it was certain that nothing was left of the old primary; of a switchover, its shutdown.</param>
/// <param name="Election">Until it was on disk who is the next.</param>
/// <param name="Promotion">Until that one took writes.</param>
/// <param name="Reconnection">Until a write was acknowledged: the driver has found it, and a replica follows it.</param>
public sealed record FailoverSplit(double Detection, double Fencing, double Election, double Promotion, double Reconnection)
{
    /// <summary>The split that follows from what the supervisor did; null where no primary was chosen.</summary>
    /// <param name="fault">When the fault was injected.</param>
    /// <param name="acknowledgedAfter">When the first write after a moment was acknowledged, the end of the drill where none was.</param>
    /// <param name="victim">The instance's name.</param>
    /// <param name="events">What the supervisor did, in its order.</param>
    public static FailoverSplit? Of(DateTimeOffset fault, Func<DateTimeOffset, DateTimeOffset> acknowledgedAfter, string victim, IReadOnlyList<SupervisorEvent> events)
    {
        var during = events.Where(happened => happened.Time > fault).ToList();
        var elected = during.Find(happened => happened.Kind == "elected");
        var promoted = during.Find(happened => happened.Kind == "promote" && happened.Time >= elected?.Time);
        if (elected is null || promoted is null)
        {
            return null;
        }

        var ended = during.FindLast(happened => happened.Instance == victim && happened.Kind is "fence" or "shutdown" && happened.Time <= elected.Time);
        var detected = ended is null ? during.Find(happened => happened.Kind == "lost")?.Time ?? elected.Time : Began(ended);
        return new(
            Between(fault, detected), Between(detected, ended?.Time ?? detected), Between(ended?.Time ?? detected, elected.Time),
            Between(elected.Time, promoted.Time), Between(promoted.Time, acknowledgedAfter(promoted.Time)));
    }

    private static DateTimeOffset Began(SupervisorEvent happened) => happened.Time - happened.Duration;

    private static double Between(DateTimeOffset from, DateTimeOffset to) => Math.Max(0, (to - from).TotalSeconds);
}
