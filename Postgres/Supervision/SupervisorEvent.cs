namespace PgAspire.Postgres.Supervision;

/// <summary>What a supervisor does or finds.</summary>
/// <param name="Time">When it was over.</param>
/// <param name="Cluster">The cluster.</param>
/// <param name="Instance">The instance's name; null where it is the whole cluster.</param>
/// <param name="Kind">What it was: the step's name in lower case, <c>lost</c>, <c>problem</c>, <c>resolved</c>, <c>failed</c>, <c>whole</c>.</param>
/// <param name="Message">For people.</param>
/// <param name="Duration">How long it took; zero for what takes no time.</param>
public sealed record SupervisorEvent(DateTimeOffset Time, string Cluster, string? Instance, string Kind, string Message, TimeSpan Duration);
