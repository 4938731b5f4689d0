using PgAspire.SampleApi.Placement;

namespace PgAspire.SampleApi.Rebalance;

internal enum Arrival
{
    /// <summary>The move goes on: the source still has the customer, whose home is the target.</summary>
    Continue,

    /// <summary>The target's copy is what counts: the source has handed the customer over, or has lost its data.</summary>
    Finish,

    /// <summary>The copy is of no use: the customer belongs elsewhere by now.</summary>
    Abandon,
}

/// <summary>What becomes of a customer who is <c>arriving</c> at a cluster, by the source's row, when no move is under way.</summary>
internal static class ArrivalDecision
{
    public static Arrival From(CustomerRow? source, string target, string home) => source switch
    {
        { State: CustomerState.Here } => home == target ? Arrival.Continue : Arrival.Abandon,
        { State: CustomerState.Moved } => source.Peer == target ? Arrival.Finish : Arrival.Abandon,
        _ => Arrival.Finish,
    };
}
