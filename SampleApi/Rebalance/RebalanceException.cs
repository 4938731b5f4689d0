namespace PgAspire.SampleApi.Rebalance;

/// <summary>Why the rebalance stopped, in words for the user. It can always be run again.</summary>
public sealed class RebalanceException(string message, Exception? inner = null) : Exception(message, inner);
