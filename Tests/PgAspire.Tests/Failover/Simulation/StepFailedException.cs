namespace PgAspire.Tests.Failover.Simulation;

/// <summary>A step could not be done.</summary>
internal sealed class StepFailedException(string message) : Exception(message);
