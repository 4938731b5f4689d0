using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace PgAspire.SampleApi.Orders;

public static class OrderEndpoints
{
    // A statement on one row is over before a cancellation would reach the server, and watching for one costs every
    // request. The connection string's timeouts bound it all the same.
    private static readonly CancellationToken Uncancelled = CancellationToken.None;

    public static void MapOrders(this IEndpointRouteBuilder routes)
    {
        var orders = routes.MapGroup("/customers/{customer}/orders").WithTags("Orders")
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        orders.MapPost("/", CreateAsync)
            .WithSummary("Places an order")
            .WithDescription("With an Idempotency-Key, a repeat creates nothing: it returns the first order with 200 instead of 201. "
                + "The same key with another order is refused with 422.");
        orders.MapGet("/", ListAsync)
            .WithSummary("The customer's orders, newest first")
            .WithDescription("`next` of one page is `after` of the following one; on the last page it is null.");
        orders.MapGet("/{id:guid}", FindAsync).WithSummary("One order");
    }

    private static async Task<Results<Created<Order>, Ok<Order>, ValidationProblem, ProblemHttpResult>> CreateAsync(
        string customer,
        [FromBody] NewOrder order,
        [FromHeader(Name = "Idempotency-Key")] string? key,
        OrderStore store)
    {
        if (OrderRules.Check(customer, order, key) is { } errors)
        {
            return TypedResults.ValidationProblem(errors);
        }

        var (outcome, result) = await store.CreateAsync(customer, order.Item!, order.Quantity!.Value, key, Uncancelled);
        return outcome switch
        {
            CreateOutcome.Created => TypedResults.Created($"/customers/{Uri.EscapeDataString(customer)}/orders/{result.Id}", result),
            CreateOutcome.Repeated => TypedResults.Ok(result),
            _ => TypedResults.Problem(
                $"This key was used for order {result.Id}, which has another item or quantity.",
                statusCode: StatusCodes.Status422UnprocessableEntity,
                title: "The Idempotency-Key belongs to another order."),
        };
    }

    private static async Task<Results<Ok<OrderPage>, ValidationProblem>> ListAsync(
        string customer, int? limit, string? after, OrderStore store, CancellationToken cancellationToken)
    {
        if (OrderRules.Check(customer, limit, after) is { } errors)
        {
            return TypedResults.ValidationProblem(errors);
        }

        var start = after is not null && OrderCursor.TryParse(after, out var cursor) ? cursor : OrderCursor.Start;
        return TypedResults.Ok(await store.ListAsync(customer, start, limit ?? OrderRules.DefaultPage, cancellationToken));
    }

    private static async Task<Results<Ok<Order>, NotFound, ValidationProblem>> FindAsync(
        string customer, Guid id, OrderStore store)
    {
        if (OrderRules.Check(customer) is { } errors)
        {
            return TypedResults.ValidationProblem(errors);
        }

        return await store.FindAsync(customer, id, Uncancelled) is { } order ? TypedResults.Ok(order) : TypedResults.NotFound();
    }
}
