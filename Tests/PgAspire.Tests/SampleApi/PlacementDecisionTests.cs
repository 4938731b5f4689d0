using Npgsql;
using PgAspire.SampleApi.Clusters;
using PgAspire.SampleApi.Placement;
using PgAspire.SampleApi.Rebalance;
using static PgAspire.SampleApi.Placement.CustomerState;

namespace PgAspire.Tests.SampleApi;

public class PlacementDecisionTests
{
    private static readonly NpgsqlDataSource Nowhere = NpgsqlDataSource.Create("Host=127.0.0.1;Port=1");
    private static readonly Cluster[] Clusters = [new("pg1", Nowhere), new("pg2", Nowhere), new("pg3", Nowhere)];
    private static readonly DateTime Since = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);
    private static readonly CustomerRow HereRow = new(Here, null, Since);

    [Fact]
    public void ACustomerWhomNobodyKnowsIsUnknown()
        => Assert.IsType<PlacementDecision.Unknown>(Decide(null, null, null));

    [Fact]
    public void WhoeverHasTheCustomerIsTaken()
        => Assert.Equal(new PlacementDecision.LivesAt(Clusters[2]), Decide(null, null, HereRow));

    [Fact]
    public void OfTwoThatHaveTheCustomerHomeIsTaken()
        => Assert.Equal(new PlacementDecision.LivesAt(Clusters[0]), Decide(HereRow, HereRow, null));

    [Fact]
    public void UntilTheSourceHandsOverItHasTheCustomer()
        => Assert.Equal(new PlacementDecision.LivesAt(Clusters[1]), Decide(new(Arriving, "pg2", Since), HereRow, null));

    [Fact]
    public void AfterTheSourceHandedOverTheArrivalIsFinished()
        => Assert.Equal(
            new PlacementDecision.FinishArrival(Clusters[0], Clusters[1], Since),
            Decide(new(Arriving, "pg2", Since), new(Moved, "pg1", Since), null));

    [Fact]
    public void AnArrivalFromAClusterThatHandedOverToAnotherIsNotFinished()
        => Assert.IsType<PlacementDecision.Unresolved>(Decide(new(Arriving, "pg2", Since), new(Moved, "pg3", Since), null));

    [Fact]
    public void ACustomerWhoMovedToAnUnconfiguredClusterIsNotTakenForNew()
        => Assert.Equal(["pg9"], Assert.IsType<PlacementDecision.Unresolved>(Decide(new(Moved, "pg9", Since), null, null)).Clusters);

    [Fact]
    public void WhileAClusterIsSilentNobodyIsTakenForNew()
        => Assert.Equal(["pg2"], Assert.IsType<PlacementDecision.Unreachable>(Decide(null, null, null, silent: 1)).Clusters);

    [Fact]
    public void ASilentClusterDoesNotMatterWhereTheCustomerIsFound()
        => Assert.Equal(new PlacementDecision.LivesAt(Clusters[2]), Decide(null, null, HereRow, silent: 0));

    [Theory]
    [InlineData(Here, null, "pg1", (int)Arrival.Continue)]
    [InlineData(Here, null, "pg2", (int)Arrival.Abandon)]
    [InlineData(Moved, "pg1", "pg1", (int)Arrival.Finish)]
    [InlineData(Moved, "pg3", "pg3", (int)Arrival.Abandon)]
    [InlineData(null, null, "pg1", (int)Arrival.Finish)]
    public void AnInterruptedArrivalAtPg1IsSettledByTheSource(CustomerState? source, string? peer, string home, int expected)
        => Assert.Equal(
            (Arrival)expected,
            ArrivalDecision.From(source is { } state ? new CustomerRow(state, peer, Since) : null, target: "pg1", home));

    private static PlacementDecision Decide(CustomerRow? first, CustomerRow? second, CustomerRow? third, int? silent = null)
    {
        CustomerRow?[] rows = [first, second, third];
        return PlacementDecision.From(Clusters[0], [.. rows.Select((row, index) => new ClusterAnswer<CustomerRow>(
            Clusters[index], row, index == silent ? new TimeoutException() : null))]);
    }
}
