using PgAspire.Postgres.Drills;
using PgAspire.Postgres.Supervision;

namespace PgAspire.Tests.Postgres.Drills;

public sealed class FailoverSplitTests
{
    private static readonly DateTimeOffset Fault = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void TheDetectionOfAKillEndsWhereThePrimaryIsMissed() => Assert.Equal(
        new FailoverSplit(0.1, 0, 0.2, 0.3, 0.4),
        Of(1, Event("lost", "pg1-1", 0.1), Event("elected", "pg1-2", 0.3), Event("promote", "pg1-2", 0.6, 0.3)));

    [Fact]
    public void TheDetectionOfAPauseEndsWhereItsFenceBegins() => Assert.Equal(
        new FailoverSplit(5, 0.5, 0.5, 1, 2),
        Of(9, Event("lost", "pg1-1", 3), Event("fence", "pg1-1", 5.5, 0.5), Event("elected", "pg1-2", 6), Event("promote", "pg1-2", 7, 1)));

    [Fact]
    public void TheShutdownOfASwitchoverIsItsFence() => Assert.Equal(
        new FailoverSplit(0.1, 0.2, 0.1, 0.2, 0.1),
        Of(0.7, Event("shutdown", "pg1-1", 0.3, 0.2), Event("lost", "pg1-1", 0.3), Event("elected", "pg1-2", 0.4), Event("promote", "pg1-2", 0.6, 0.2)));

    [Fact]
    public void TheReconnectionEndsWithTheFirstWriteThatTheNewPrimaryAcknowledges()
    {
        var asked = new List<DateTimeOffset>();
        FailoverSplit.Of(
            Fault,
            moment =>
            {
                asked.Add(moment);
                return moment;
            },
            "pg1-1",
            [Event("lost", "pg1-1", 0.1), Event("elected", "pg1-2", 0.3), Event("promote", "pg1-2", 0.6, 0.3), Event("startreplica", "pg1-1", 5)]);
        Assert.Equal([Fault.AddSeconds(0.6)], asked);
    }

    [Fact]
    public void WithoutAnotherPrimaryThereIsNone() => Assert.Null(Of(1, Event("lost", "pg1-1", 0.1), Event("startprimary", "pg1-1", 0.5, 0.3)));

    [Fact]
    public void WhatWasBeforeTheFaultDoesNotCount() => Assert.Null(Of(1, Event("elected", "pg1-2", -1), Event("promote", "pg1-2", -0.5)));

    private static FailoverSplit? Of(double acknowledged, params SupervisorEvent[] events)
    {
        var split = FailoverSplit.Of(Fault, _ => Fault.AddSeconds(acknowledged), "pg1-1", events);
        return split is null ? null : new(Round(split.Detection), Round(split.Fencing), Round(split.Election), Round(split.Promotion), Round(split.Reconnection));
    }

    private static double Round(double seconds) => Math.Round(seconds, 3);

    private static SupervisorEvent Event(string kind, string instance, double at, double duration = 0) =>
        new(Fault.AddSeconds(at), "pg1", instance, kind, "", TimeSpan.FromSeconds(duration));
}
