using System.ComponentModel.DataAnnotations;

namespace PgAspire.SampleApi.Orders;

public sealed record Order(Guid Id, string Customer, string Item, int Quantity, DateTime CreatedAt);

/// <summary>What a client sends. Nullable, so that a missing field is reported like a wrong one.</summary>
public sealed record NewOrder(
    [property: Required, StringLength(OrderRules.LongestText, MinimumLength = 1)] string? Item,
    [property: Required, Range(1, int.MaxValue)] int? Quantity);

/// <summary>One page, newest order first. <paramref name="Next"/> is null on the last page.</summary>
public sealed record OrderPage(IReadOnlyList<Order> Items, string? Next);
