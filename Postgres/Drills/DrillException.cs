namespace PgAspire.Postgres.Drills;

/// <summary>A drill that could not be done or judged; says why, for people.</summary>
public sealed class DrillException(string message, Exception? inner = null) : Exception(message, inner);
