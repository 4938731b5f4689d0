using PgAspire.SampleApi.Clusters;
using PgAspire.SampleApi.Placement;

namespace PgAspire.SampleApi.Orders;

public enum CreateOutcome
{
    Created,
    Repeated,
    KeyOfAnotherOrder,
}

/// <summary>
/// Orders over all clusters. Each operation tries one statement at the customer's home and returns if that settles
/// it; otherwise (new customer, a customer not yet rebalanced, a move under way, a cluster down) it looks further.
/// </summary>
public sealed class OrderStore(ClusterSet clusters, CustomerLocator locator)
{
    private const int Attempts = 10;
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(5);

    public async Task<Order?> FindAsync(string customer, Guid id, CancellationToken cancellationToken)
    {
        var home = clusters.Home(customer);
        var order = await TryAsync(() => home.ReadAsync(customer, id, cancellationToken));
        return order ?? await FindWhereLivingAsync(customer, id, cancellationToken);
    }

    public async Task<OrderPage> ListAsync(string customer, OrderCursor after, int limit, CancellationToken cancellationToken)
    {
        // One more than asked for tells whether there is a next page.
        var orders = await TryAsync(() => clusters.Home(customer).ReadPageWhereLivingAsync(customer, after, limit + 1, cancellationToken))
            ?? await WhereLivingAsync(
                customer, cluster => cluster.ReadPageWhereLivingAsync(customer, after, limit + 1, cancellationToken), cancellationToken)
            ?? [];
        if (orders.Count <= limit)
        {
            return new(orders, null);
        }

        orders.RemoveAt(limit);
        return new(orders, new OrderCursor(orders[^1].CreatedAt, orders[^1].Id).ToString());
    }

    public async Task<(CreateOutcome Outcome, Order Order)> CreateAsync(
        string customer, string item, int quantity, string? key, CancellationToken cancellationToken)
    {
        var order = new Order(Guid.CreateVersion7(), customer, item, quantity, default);
        try
        {
            if (await clusters.Home(customer).InsertAsync(order, key, once: key is not null, cancellationToken) is { } created)
            {
                return (CreateOutcome.Created, created);
            }
        }
        catch (Exception exception) when (ClusterUnavailableException.IsCause(exception))
        {
            // Whether it was inserted is open; the id settles it below.
        }

        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            if (await CreateWhereLivingAsync(order, key, cancellationToken) is { } result)
            {
                return result;
            }
        }

        throw StillMoving(customer);
    }

    private async Task<(CreateOutcome Outcome, Order Order)?> CreateWhereLivingAsync(
        Order order, string? key, CancellationToken cancellationToken)
    {
        var cluster = await locator.LocateAsync(order.Customer, cancellationToken);
        return await RequireAsync(cluster ?? clusters.Home(order.Customer), async living =>
        {
            if (cluster is null)
            {
                await CustomerLocator.AddAsync(living, order.Customer, cancellationToken);
            }

            if (await living.InsertAsync(order, key, once: true, cancellationToken) is { } created)
            {
                return (CreateOutcome.Created, created);
            }

            if (await living.ReadWhereLivingAsync(order.Customer, order.Id, cancellationToken) is { Value: { } mine })
            {
                return (CreateOutcome.Created, mine);
            }

            return key is not null && await living.ReadWhereLivingAsync(order.Customer, key, cancellationToken) is { Value: { } first }
                ? (IsRepeat(first, order) ? CreateOutcome.Repeated : CreateOutcome.KeyOfAnotherOrder, first)
                : default((CreateOutcome, Order)?);
        });
    }

    private static bool IsRepeat(Order first, Order order) => first.Item == order.Item && first.Quantity == order.Quantity;

    private async Task<Order?> FindWhereLivingAsync(string customer, Guid id, CancellationToken cancellationToken)
    {
        var living = await WhereLivingAsync(
            customer, cluster => cluster.ReadWhereLivingAsync(customer, id, cancellationToken), cancellationToken);
        if (living?.Value is { } order)
        {
            return order;
        }

        // A cluster that was away can hold orders of a customer who was taken for new meanwhile.
        var answers = await clusters.All.AskAsync(Budget, (cluster, token) => cluster.ReadAsync(customer, id, token), cancellationToken);
        return answers.FirstOrDefault(answer => answer.Value is not null)?.Value;
    }

    /// <summary>Asks where the customer lives, again if the customer moved in between. Null for an unknown customer.</summary>
    private async Task<T?> WhereLivingAsync<T>(string customer, Func<Cluster, Task<T?>> read, CancellationToken cancellationToken)
        where T : class
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var cluster = await locator.LocateAsync(customer, cancellationToken);
            if (cluster is null)
            {
                return null;
            }

            if (await RequireAsync(cluster, read) is { } answer)
            {
                return answer;
            }
        }

        throw StillMoving(customer);
    }

    private static async Task<T?> TryAsync<T>(Func<Task<T?>> read) where T : class
    {
        try
        {
            return await read();
        }
        catch (Exception exception) when (ClusterUnavailableException.IsCause(exception))
        {
            // Not an answer: the caller looks further, and reports the cluster if that does not help.
            return null;
        }
    }

    private static async Task<T> RequireAsync<T>(Cluster cluster, Func<Cluster, Task<T>> ask)
    {
        try
        {
            return await ask(cluster);
        }
        catch (Exception exception) when (ClusterUnavailableException.IsCause(exception))
        {
            throw new ClusterUnavailableException([cluster.Name], $"{cluster.Name} did not answer.", exception);
        }
    }

    private ClusterUnavailableException StillMoving(string customer)
        => new([clusters.Home(customer).Name], "The customer is being moved between clusters.");
}
