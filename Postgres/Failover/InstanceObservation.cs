using System.Globalization;

namespace PgAspire.Postgres.Failover;

/// <summary>What is known of one instance at one moment.</summary>
/// <param name="Ordinal">Its number within the cluster, from 1 on.</param>
public sealed record InstanceObservation(int Ordinal)
{
    /// <summary>What people call it; default: its number.</summary>
    public string Name { get; init; } = Ordinal.ToString(CultureInfo.InvariantCulture);

    /// <summary>Whether a finished data directory exists.</summary>
    public bool HasData { get; init; }

    /// <summary>Whether a process of the server exists, answering or not. Only false is certain to write nothing.</summary>
    public bool IsRunning { get; init; }

    /// <summary>Whether the server itself is gone and some of its processes remain, which may still write: true only where it runs.</summary>
    public bool IsHeadless { get; init; }

    /// <summary>Whether it said, when last asked, that it is starting up, recovering or shutting down: alive, and not to be disturbed.</summary>
    public bool IsBetween { get; init; }

    /// <summary>Since when it has said nothing else; zero where <see cref="IsBetween"/> is false.</summary>
    public TimeSpan BetweenFor { get; init; }

    /// <summary>
    /// Why it does not let the supervisor in, and what to do then; null where it does, or says nothing. It is alive, and may well take
    /// writes, and nobody knows what it has.
    /// </summary>
    public string? Refusal { get; init; }

    /// <summary>Since when it has not let the supervisor in; zero where <see cref="Refusal"/> is null.</summary>
    public TimeSpan RefusingFor { get; init; }

    /// <summary>Its last answer, where it still counts as answering; null where it does not run or did not answer when last asked.</summary>
    public ServerAnswer? Answer { get; init; }

    /// <summary>The last answer it ever gave to this supervisor; null where there was none.</summary>
    public ServerAnswer? LastAnswer { get; init; }

    /// <summary>How old <see cref="Answer"/> is: an election counts only what was said after the old primary was gone.</summary>
    public TimeSpan AnswerAge { get; init; }

    /// <summary>Since when a running instance has not answered; zero where it has, or does not run.</summary>
    public TimeSpan SilentFor { get; init; }

    /// <summary>Since when a replica that answers has not streamed; zero where it does, or is none.</summary>
    public TimeSpan StalledFor { get; init; }

    /// <summary>Since when it does not run; zero where it does.</summary>
    public TimeSpan GoneFor { get; init; }

    /// <summary>How many starts in a row have failed or, of a replica, have not led to streaming.</summary>
    public int FailedStarts { get; init; }

    /// <summary>Whether something is being done to it: a start, a copy, a stop. Nothing else is begun meanwhile.</summary>
    public bool IsBusy { get; init; }

    /// <summary>Whether it answers as a primary.</summary>
    public bool IsPrimary => Answer is { InRecovery: false };

    /// <summary>Whether it answers as a replica.</summary>
    public bool IsReplica => Answer is { InRecovery: true };
}
