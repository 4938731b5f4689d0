using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using PgAspire.SampleApi.Replication;

namespace PgAspire.SampleApi.Orders;

public static class OrderEndpoints
{
    // A statement on one row is over before a cancellation would reach the server, and watching for one costs every
    // request. The connection string's timeouts bound it all the same.
    private static readonly CancellationToken Uncancelled = CancellationToken.None;

    private const string ConsistencyText =
        "strong (default): the primary answers. eventual: a replica may, with orders that are a moment old; the session's own "
        + "orders are there if it sends its Consistency-Token.";

    private const string TokenText =
        "The Consistency-Token of the last answer that had one. What the session had written by then is in the answer, whoever gives it.";

    public static void MapOrders(this IEndpointRouteBuilder routes)
    {
        var orders = routes.MapGroup("/customers/{customer}/orders").WithTags("Orders")
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        orders.MapPost("/", CreateAsync)
            .WithSummary("Places an order")
            .WithDescription("With an Idempotency-Key, a repeat creates nothing: it returns the first order with 200 instead of 201. "
                + "The same key with another order is refused with 422. Where the cluster has replicas, the answer has a Consistency-Token: "
                + "sent back with later requests, it has eventual reads include this order. While a cluster changes its primary, the "
                + "order is tried again for some seconds, and created once at most.");
        orders.MapGet("/", ListAsync)
            .WithSummary("The customer's orders, newest first")
            .WithDescription("`next` of one page is `after` of the following one; on the last page it is null.");
        orders.MapGet("/{id:guid}", FindAsync).WithSummary("One order");
    }

    private static async Task<Results<Created<Order>, Ok<Order>, ValidationProblem, ProblemHttpResult>> CreateAsync(
        string customer,
        [FromBody] NewOrder order,
        [FromHeader(Name = "Idempotency-Key")] string? key,
        [FromHeader(Name = ConsistencyToken.Header), Description(TokenText)] string? token,
        OrderStore store,
        HttpResponse response)
    {
        if (OrderRules.Check(customer, order, key, token) is { } errors)
        {
            return TypedResults.ValidationProblem(errors);
        }

        var (outcome, cluster, (result, position)) = await store.CreateAsync(customer, order.Item!, order.Quantity!.Value, key, Uncancelled);
        if (position is { } written && ConsistencyToken.TryParse(token, out var earlier))
        {
            response.Headers[ConsistencyToken.Header] = earlier.With(cluster.Name, written).ToString();
        }

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
        string customer,
        int? limit,
        string? after,
        [Description(ConsistencyText)] string? consistency,
        [FromHeader(Name = ConsistencyToken.Header), Description(TokenText)] string? token,
        OrderStore store,
        CancellationToken cancellationToken)
    {
        if (OrderRules.Check(customer, limit, after, consistency, token) is { } errors)
        {
            return TypedResults.ValidationProblem(errors);
        }

        var start = after is not null && OrderCursor.TryParse(after, out var cursor) ? cursor : OrderCursor.Start;
        return TypedResults.Ok(await store.ListAsync(
            customer, start, limit ?? OrderRules.DefaultPage, ReadPreference.From(consistency, token), cancellationToken));
    }

    private static async Task<Results<Ok<Order>, NotFound, ValidationProblem>> FindAsync(
        string customer,
        Guid id,
        [Description(ConsistencyText)] string? consistency,
        [FromHeader(Name = ConsistencyToken.Header), Description(TokenText)] string? token,
        OrderStore store)
    {
        if (OrderRules.Check(customer, consistency, token) is { } errors)
        {
            return TypedResults.ValidationProblem(errors);
        }

        return await store.FindAsync(customer, id, ReadPreference.From(consistency, token), Uncancelled) is { } order
            ? TypedResults.Ok(order) : TypedResults.NotFound();
    }
}
