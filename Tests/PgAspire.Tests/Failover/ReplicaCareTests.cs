using PgAspire.Postgres.Failover;
using static PgAspire.Tests.Failover.Given;

namespace PgAspire.Tests.Failover;

public sealed class ReplicaCareTests
{
    public static TheoryData<string, InstanceObservation, FailoverStep?> Cases { get; } = new()
    {
        { "streams", Replica(3), null },
        { "new", new(3), new FailoverStep.StartReplica(3, Anew: true) },
        { "stopped", Gone(3), new FailoverStep.StartReplica(3, Anew: false) },
        { "failed once", Gone(3) with { FailedStarts = 1 }, new FailoverStep.StartReplica(3, Anew: false) },
        { "failed twice", Gone(3) with { FailedStarts = 2 }, new FailoverStep.StartReplica(3, Anew: true) },
        { "busy", Gone(3) with { IsBusy = true }, null },
        { "recovering", Silent(3, 60) with { IsBetween = true }, null },
        { "recovering for too long", Silent(3, 0) with { IsBetween = true, BetweenFor = TimeSpan.FromMinutes(5) }, new FailoverStep.Shutdown(3, "it has recovered for 300 s") },
        { "silent", Silent(3, 14.9), null },
        { "hung", Silent(3, 15), new FailoverStep.Fence(3, "the replica has not answered for 15 s") },
        { "refuses a password that it may not have yet", Refusing(3, 14.9), null },
        { "refuses", Refusing(3, 15), Refused(3) },
        { "follows another", Replica(3, upstream: 2), new FailoverStep.Repoint(3, 1) },
        { "stalled for a moment", Replica(3, streams: false) with { StalledFor = TimeSpan.FromSeconds(9) }, null },
        { "stalled", Replica(3, streams: false) with { StalledFor = TimeSpan.FromSeconds(10) }, new FailoverStep.Shutdown(3, "it does not stream from the primary") },
        { "another quorum", Replica(3, synchronous: ""), new FailoverStep.SetQuorum(3) },
        { "slots of its own", Replica(3, slots: 2), new FailoverStep.SetSlots(3, new HashSet<int>()) },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void AReplicaIsMadeToStream(string state, InstanceObservation replica, FailoverStep? expected)
    {
        Assert.NotEmpty(state);
        Next(Memory, Primary(), Replica(2), replica).Are(expected is null ? [] : [expected]);
    }

    [Fact]
    public void ThePrimaryHasASlotForEachReplica()
    {
        var primary = Primary();
        Next(Memory, primary with { Answer = primary.Answer! with { Slots = new HashSet<int> { 2, 4 } } }, Replica(2), Gone(3)).Are(
            new FailoverStep.SetSlots(1, new HashSet<int> { 2, 3 }), new FailoverStep.StartReplica(3, Anew: false));
    }
}
