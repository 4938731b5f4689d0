using Npgsql;
using PgAspire.SampleApi.Clusters;
using PgAspire.SampleApi.Placement;
using PgAspire.SampleApi.Replication;

namespace PgAspire.SampleApi.Orders;

public enum CreateOutcome
{
    Created,
    Repeated,
    KeyOfAnotherOrder,
}

/// <summary>What became of an order, and on which cluster.</summary>
public sealed record CreateResult(CreateOutcome Outcome, Cluster Cluster, Written<Order> Order);

/// <summary>
/// Orders over all clusters. Each operation tries one statement at the customer's home and returns if that settles
/// it; otherwise (new customer, a customer not yet rebalanced, a move under way, a cluster down) it looks further, and
/// again while a cluster is between two primaries.
/// </summary>
public sealed class OrderStore(ClusterSet clusters, CustomerLocator locator, FailoverPatience patience)
{
    private const int Attempts = 10;
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(5);

    public async Task<Order?> FindAsync(string customer, Guid id, ReadPreference preference, CancellationToken cancellationToken)
    {
        var home = clusters.Home(customer);
        return await preference.OnReplicaAsync(home, (source, after) => source.ReadAsync(after, customer, id, cancellationToken))
            ?? await patience.RetryAsync(
                async _ => await TryAsync(home, source => source.ReadAsync(null, customer, id, cancellationToken))
                    ?? await FindWhereLivingAsync(customer, id, cancellationToken),
                cancellationToken);
    }

    public async Task<OrderPage> ListAsync(
        string customer, OrderCursor after, int limit, ReadPreference preference, CancellationToken cancellationToken)
    {
        var home = clusters.Home(customer);
        // One more than asked for tells whether there is a next page.
        var orders = await preference.OnReplicaAsync(
                home, (source, written) => source.ReadPageWhereLivingAsync(written, customer, after, limit + 1, cancellationToken))
            ?? await patience.RetryAsync(
                async _ => await TryAsync(home, ReadPageAsync) ?? await WhereLivingAsync(customer, ReadPageAsync, cancellationToken) ?? [],
                cancellationToken);
        if (orders.Count <= limit)
        {
            return new(orders, null);
        }

        orders.RemoveAt(limit);
        return new(orders, new OrderCursor(orders[^1].CreatedAt, orders[^1].Id).ToString());

        Task<List<Order>?> ReadPageAsync(NpgsqlDataSource source)
            => source.ReadPageWhereLivingAsync(null, customer, after, limit + 1, cancellationToken);
    }

    /// <summary>
    /// Creates an order. It has its id before it is sent for the first time, so that however often it is sent, and
    /// whichever of the attempts was lost with its answer, it is there once.
    /// </summary>
    public Task<CreateResult> CreateAsync(string customer, string item, int quantity, string? key, CancellationToken cancellationToken)
    {
        var order = new Order(Guid.CreateVersion7(), customer, item, quantity, default);
        return patience.RetryAsync(attempt => TryCreateAsync(order, key, once: key is not null || attempt > 0, cancellationToken), cancellationToken);
    }

    private async Task<CreateResult> TryCreateAsync(Order order, string? key, bool once, CancellationToken cancellationToken)
    {
        var home = clusters.Home(order.Customer);
        try
        {
            if (await home.InsertAsync(order, key, once, cancellationToken) is { } created)
            {
                return new(CreateOutcome.Created, home, created);
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

        throw StillMoving(order.Customer);
    }

    private async Task<CreateResult?> CreateWhereLivingAsync(Order order, string? key, CancellationToken cancellationToken)
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
                return new(CreateOutcome.Created, living, created);
            }

            var mine = await living.OnPrimaryAsync(source => source.ReadWhereLivingAsync(order.Customer, order.Id, cancellationToken));
            if (mine?.Value is not null)
            {
                return new(CreateOutcome.Created, living, await living.ConfirmAsync(mine.Value, cancellationToken));
            }

            var first = key is null
                ? null : await living.OnPrimaryAsync(source => source.ReadWhereLivingAsync(order.Customer, key, cancellationToken));
            return first?.Value is null ? null : new CreateResult(
                IsRepeat(first.Value, order) ? CreateOutcome.Repeated : CreateOutcome.KeyOfAnotherOrder,
                living,
                await living.ConfirmAsync(first.Value, cancellationToken));
        });
    }

    private static bool IsRepeat(Order first, Order order) => first.Item == order.Item && first.Quantity == order.Quantity;

    private async Task<Order?> FindWhereLivingAsync(string customer, Guid id, CancellationToken cancellationToken)
    {
        var living = await WhereLivingAsync(
            customer, source => source.ReadWhereLivingAsync(customer, id, cancellationToken), cancellationToken);
        if (living?.Value is { } order)
        {
            return order;
        }

        // A cluster that was away can hold orders of a customer who was taken for new meanwhile.
        var answers = await clusters.All.AskAsync(
            Budget, (_, source, token) => source.ReadAsync(null, customer, id, token), cancellationToken);
        return answers.FirstOrDefault(answer => answer.Value is not null)?.Value;
    }

    /// <summary>Asks where the customer lives, again if the customer moved in between. Null for an unknown customer.</summary>
    private async Task<T?> WhereLivingAsync<T>(
        string customer, Func<NpgsqlDataSource, Task<T?>> read, CancellationToken cancellationToken)
        where T : class
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var cluster = await locator.LocateAsync(customer, cancellationToken);
            if (cluster is null)
            {
                return null;
            }

            if (await RequireAsync(cluster, living => living.OnPrimaryAsync(read)) is { } answer)
            {
                return answer;
            }
        }

        throw StillMoving(customer);
    }

    private static async Task<T?> TryAsync<T>(Cluster cluster, Func<NpgsqlDataSource, Task<T?>> read) where T : class
    {
        try
        {
            return await cluster.OnPrimaryAsync(read);
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
