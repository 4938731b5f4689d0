using CsCheck;
using PgAspire.SampleApi.Orders;

namespace PgAspire.Tests.SampleApi;

public class OrderCursorTests
{
    [Fact]
    public void ACursorReadsBackAsItself()
        => Gen.Select(Gen.Long[DateTime.MinValue.Ticks, DateTime.MaxValue.Ticks], Gen.Guid).Sample((ticks, id) =>
        {
            var cursor = new OrderCursor(new DateTime(ticks, DateTimeKind.Utc), id);
            return OrderCursor.TryParse(cursor.ToString(), out var read) && read == cursor && read.CreatedAt.Kind == DateTimeKind.Utc;
        });

    [Fact]
    public void ACursorNeedsNoEscapingInAUrl()
        => Gen.Guid.Sample(id => Uri.EscapeDataString(new OrderCursor(DateTime.UtcNow, id).ToString()).Length == 32);

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("not base 64 url")]
    [InlineData("AAAA")]
    [InlineData("_____________________________________")]
    [InlineData("________________________________")]
    public void WhatIsNoCursorIsRefused(string text) => Assert.False(OrderCursor.TryParse(text, out _));

    [Fact]
    public void AnyTextIsEitherReadOrRefused()
        => Gen.String.Sample(text => OrderCursor.TryParse(text, out var cursor) || cursor == default);
}
