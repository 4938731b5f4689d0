using System.Diagnostics;
using PgAspire.Postgres.Topology;

namespace PgAspire.Postgres.Drills;

/// <summary>The fault of one drill from its beginning until the cluster is whole again.</summary>
internal sealed class DrillRun(DrillFault fault, Instance victim, DrillOptions options, IFaultInjector faults)
{
    public DateTimeOffset BegunAt { get; private set; }

    /// <summary>When the fault began, a reading of <see cref="Stopwatch"/>.</summary>
    public long Begun { get; private set; }

    /// <summary>When it was in force, or over where it ends by itself.</summary>
    public long InForce { get; private set; }

    /// <summary>When the cluster was found whole; null where it was not.</summary>
    public long? Whole { get; private set; }

    /// <summary>The time of a reading of <see cref="Stopwatch"/>.</summary>
    public DateTimeOffset TimeOf(long moment) => BegunAt + Stopwatch.GetElapsedTime(Begun, moment);

    /// <summary>The reading of <see cref="Stopwatch"/> at a time.</summary>
    public long MomentOf(DateTimeOffset time) => Begun + (long)((time - BegunAt).TotalSeconds * Stopwatch.Frequency);

    /// <summary>Injects the fault, takes back what does not end by itself, and waits for the cluster to be whole.</summary>
    public async Task GoThroughAsync(Func<CancellationToken, Task<bool>> isWhole, CancellationToken cancellationToken)
    {
        try
        {
            (BegunAt, Begun) = (TimeProvider.System.GetUtcNow(), Stopwatch.GetTimestamp());
            await faults.InjectAsync(fault, victim, cancellationToken);
            InForce = Stopwatch.GetTimestamp();
            if (fault == DrillFault.Partition)
            {
                await Task.Delay(options.Length, cancellationToken);
            }
            else if (fault == DrillFault.Pause && await Drill.UntilAsync(() => isWhole(cancellationToken), options.Length, cancellationToken))
            {
                Whole = Stopwatch.GetTimestamp();
            }
        }
        finally
        {
            await faults.HealAsync(victim, CancellationToken.None);
        }

        if (Whole is null && await Drill.UntilAsync(() => isWhole(cancellationToken), options.Patience, cancellationToken))
        {
            Whole = Stopwatch.GetTimestamp();
        }
    }
}
