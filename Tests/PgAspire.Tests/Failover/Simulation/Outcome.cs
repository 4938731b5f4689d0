namespace PgAspire.Tests.Failover.Simulation;

/// <summary>How a history ended.</summary>
/// <param name="Acknowledged">Writes that clients were told are safe.</param>
/// <param name="Lost">Those of them that were lost where that may happen.</param>
/// <param name="Terms">How often the primary changed, and one.</param>
/// <param name="IsWhole">Whether the cluster became whole again; otherwise somebody was told why not.</param>
internal sealed record Outcome(long Acknowledged, long Lost, long Terms, bool IsWhole);
