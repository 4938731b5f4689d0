using CsCheck;
using PgAspire.SampleApi.Replication;

namespace PgAspire.Tests.SampleApi;

public class ConsistencyTokenTests
{
    [Fact]
    public void ATokenIsReadBack() => Gen.Select(Gen.UInt, Gen.ULong).Sample((timeline, lsn) =>
    {
        var token = ConsistencyToken.None.With("pg1", new(timeline, new(lsn))).With("a:b", new(1, new(2)));
        Assert.True(ConsistencyToken.TryParse(token.ToString(), out var read));
        Assert.Equal((token["pg1"], token["a:b"], null), (read["pg1"], read["a:b"], read["pg2"]));
    });

    [Theory]
    [InlineData(1, 5, 1, 4, false)]
    [InlineData(1, 5, 1, 6, true)]
    [InlineData(1, 5, 2, 1, true)]
    [InlineData(2, 1, 1, 5, false)]
    public void TheLaterPositionStays(long timeline, ulong lsn, long otherTimeline, ulong otherLsn, bool later)
    {
        var (position, other) = (new WalPosition(timeline, new(lsn)), new WalPosition(otherTimeline, new(otherLsn)));
        Assert.Equal(later ? other : position, ConsistencyToken.None.With("pg1", position).With("pg1", other)["pg1"]);
    }

    [Fact]
    public void NoTokenIsAnEmptyOne()
    {
        Assert.True(ConsistencyToken.TryParse(null, out var token));
        Assert.Null(token["pg1"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("pg1")]
    [InlineData("pg1:1")]
    [InlineData(":1:0/1")]
    [InlineData("pg1:x:0/1")]
    [InlineData("pg1:1:0")]
    [InlineData("pg1:1:0/1,")]
    public void NonsenseIsNoToken(string text) => Assert.False(ConsistencyToken.TryParse(text, out _));
}
