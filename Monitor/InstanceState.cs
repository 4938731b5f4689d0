using PgAspire.Postgres.Metrics;

namespace PgAspire.Monitor;

/// <summary>What is known of an instance at a moment. Replaced whole by its watcher, read by everybody.</summary>
public sealed record InstanceState
{
    /// <summary>The role of an instance that has never answered.</summary>
    public const string UnknownRole = "unknown";

    /// <summary>Whether its last round succeeded.</summary>
    public bool Answers { get; init; }

    /// <summary>The role of its last answer.</summary>
    public string Role { get; init; } = UnknownRole;

    /// <summary>The values of its last round that succeeded; null before the first.</summary>
    public Timed? Server { get; init; }

    /// <summary>The values that cost more; null before the first.</summary>
    public Timed? Slow { get; init; }

    /// <summary>What its host sees of it; null where the monitor cannot look.</summary>
    public Timed? Host { get; init; }

    /// <summary>How long its last round took.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>Rounds that failed so far.</summary>
    public long Failures { get; init; }

    /// <summary>Values, and when they were read, as a time provider's timestamp.</summary>
    public sealed record Timed(MetricSample Sample, long At);
}
