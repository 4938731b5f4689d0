namespace PgAspire.Tests.Failover.Simulation;

/// <summary>Something happened that never may.</summary>
internal sealed class BrokenInvariantException(string message) : Exception(message);
