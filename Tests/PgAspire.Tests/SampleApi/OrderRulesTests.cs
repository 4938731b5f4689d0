using PgAspire.SampleApi.Orders;

namespace PgAspire.Tests.SampleApi;

public class OrderRulesTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("Zoë 🦊")]
    [InlineData("a/b?c#d%e")]
    [InlineData("'; DROP TABLE orders; --")]
    public void AnyReadableTextIsACustomer(string customer) => Assert.Null(OrderRules.Check(customer));

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("a\0b")]
    [InlineData("a\nb")]
    [InlineData("a\u007fb")]
    [InlineData("a\u0085b")]
    public void ControlCharactersAndEmptyTextAreRefused(string customer)
        => Assert.Equal(["customer"], OrderRules.Check(customer)!.Keys);

    // Not as InlineData: such a string cannot be an attribute's argument.
    [Fact]
    public void ALoneSurrogateIsRefused()
        => Assert.All(["\ud800", "a\udc00b", "\udc00\ud800"], text => Assert.NotNull(OrderRules.Check(text)));

    [Fact]
    public void TheLengthLimitIsExact()
    {
        Assert.Null(OrderRules.Check(new string('x', OrderRules.LongestText)));
        Assert.NotNull(OrderRules.Check(new string('x', OrderRules.LongestText + 1)));
    }

    [Fact]
    public void AllWrongFieldsAreReportedAtOnce()
        => Assert.Equal(
            ["customer", "item", "quantity", "Idempotency-Key"],
            OrderRules.Check("", new NewOrder(null, 0), "with space")!.Keys);

    [Theory]
    [InlineData(null, false)]
    [InlineData(-1, false)]
    [InlineData(0, false)]
    [InlineData(1, true)]
    [InlineData(int.MaxValue, true)]
    public void AQuantityIsPositive(int? quantity, bool accepted)
        => Assert.Equal(accepted, OrderRules.Check("c", new NewOrder("i", quantity), null) is null);

    [Theory]
    [InlineData(null, true)]
    [InlineData(0, false)]
    [InlineData(1, true)]
    [InlineData(OrderRules.LargestPage, true)]
    [InlineData(OrderRules.LargestPage + 1, false)]
    public void APageHasALimit(int? limit, bool accepted) => Assert.Equal(accepted, OrderRules.Check("c", limit, null) is null);
}
