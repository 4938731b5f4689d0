using Microsoft.Extensions.Diagnostics.HealthChecks;
using PgAspire.Hosting.States;

namespace PgAspire.AppHost.Tests;

/// <summary>What is shown of a cluster follows from its instances, and from what their supervisor makes of them.</summary>
public sealed class GroupStateTests
{
    private static readonly MemberState Up = new("pg1-1", KnownResourceStates.Running, HealthStatus.Healthy, null, null, WasReady: true);
    private static readonly MemberState Killed = new("pg1-2", KnownResourceStates.Exited, null, 137, "The container ended; its log says why.", WasReady: false);
    private static readonly MemberState NotStarted = new("pg1-3", KnownResourceStates.NotStarted, null, null, null, WasReady: false);

    public static TheoryData<string, string> Cases => new()
    {
        { "nobody looks after it", KnownResourceStates.FailedToStart },
        { "a supervisor starts it again, and the cluster was not whole yet", KnownResourceStates.Starting },
        { "a supervisor starts it again, and the cluster was whole", KnownResourceStates.Running },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void AnInstanceThatWasKilledIsAFailureOnlyWhereNobodyStartsItAgain(string who, string expected)
    {
        var killed = who switch
        {
            "nobody looks after it" => Killed,
            "a supervisor starts it again, and the cluster was not whole yet" => Killed with { Supervision = new(1, WasWhole: false, Problem: null) },
            _ => Killed with { Supervision = new(1, WasWhole: true, Problem: null) },
        };
        Assert.Equal(expected, GroupState.Of([Up, killed]).Text);
    }

    [Fact]
    public void AMissingEngineIsAFailureWhoeverLooksAfterTheInstance() =>
        Assert.Equal(
            KnownResourceStates.FailedToStart,
            GroupState.Of([Up, NotStarted with { State = KnownResourceStates.RuntimeUnhealthy, Supervision = new(1, WasWhole: false, Problem: null) }]).Text);

    [Fact]
    public void WhatIsGivenUpFailsWithItsReasonSaidOnce()
    {
        const string Reason = "there are no data of a primary";
        var givenUp = new[] { NotStarted, NotStarted with { Name = "pg1-4" } }.Select(member => member with { Supervision = new(0, WasWhole: false, Reason, IsOver: true), Message = Reason });
        var shown = GroupState.Update(GroupState.Initial("PostgresCluster"), [.. givenUp]);
        Assert.Equal(KnownResourceStates.FailedToStart, shown.State?.Text);
        Assert.Equal("pg1-3, pg1-4: there are no data of a primary", shown.Properties.Single(property => property.Name == GroupState.FailureProperty).Value);
    }
}
