using Npgsql;
using NpgsqlTypes;
using PgAspire.SampleApi.Clusters;

namespace PgAspire.SampleApi.Orders;

/// <summary>The statements on <c>orders</c>. Each is one round trip, and is prepared after its second use.</summary>
internal static class OrderCommands
{
    // An insert takes effect only where the customer lives. It needs no lock of its own for that: a hand-over locks
    // the table against inserts, and in READ COMMITTED a statement that had to wait for a table looks at the rows after.
    private const string InsertWhereLiving =
        """
        INSERT INTO orders (id, customer, item, quantity, idempotency_key)
        SELECT $1, $2, $3, $4, $5 FROM customers
        WHERE customer = $2 AND state = 'here'

        """;

    private const string Returning = "RETURNING created_at";
    private const string Insert = InsertWhereLiving + Returning;
    private const string InsertOnce = InsertWhereLiving + "ON CONFLICT DO NOTHING " + Returning;

    private const string ReadById =
        "SELECT id, customer, item, quantity, created_at FROM orders WHERE id = $1 AND customer = $2";

    private const string ReadByIdWhereLiving =
        """
        SELECT o.id, o.customer, o.item, o.quantity, o.created_at
        FROM customers c LEFT JOIN orders o ON o.id = $1 AND o.customer = c.customer
        WHERE c.customer = $2 AND c.state = 'here'
        """;

    private const string ReadByKeyWhereLiving =
        """
        SELECT o.id, o.customer, o.item, o.quantity, o.created_at
        FROM customers c LEFT JOIN orders o ON o.customer = c.customer AND o.idempotency_key = $1
        WHERE c.customer = $2 AND c.state = 'here'
        """;

    private const string ReadPageWhereLiving =
        """
        SELECT o.id, o.customer, o.item, o.quantity, o.created_at
        FROM customers c LEFT JOIN LATERAL (
            SELECT * FROM orders
            WHERE customer = c.customer AND (created_at, id) < ($2, $3)
            ORDER BY created_at DESC, id DESC LIMIT $4) o ON true
        WHERE c.customer = $1 AND c.state = 'here'
        ORDER BY o.created_at DESC, o.id DESC
        """;

    /// <summary>
    /// Inserts the order if its customer lives on this cluster. With <c>once</c>, an order that has its id or key
    /// already is left as it is.
    /// </summary>
    /// <returns>The order with its time, or null where nothing was inserted.</returns>
    public static async Task<Order?> InsertAsync(
        this Cluster cluster, Order order, string? key, bool once, CancellationToken cancellationToken)
    {
        await using var command = cluster.CreateCommand(once ? InsertOnce : Insert);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = order.Id });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = order.Customer });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = order.Item });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = order.Quantity });
        command.Parameters.Add(key is null
            ? new NpgsqlParameter { Value = DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text }
            : new NpgsqlParameter<string> { TypedValue = key });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? order with { CreatedAt = reader.GetFieldValue<DateTime>(0) } : null;
    }

    /// <summary>Reads an order wherever a copy of it is: orders never change, so that any copy is as good.</summary>
    public static async Task<Order?> ReadAsync(this Cluster cluster, string customer, Guid id, CancellationToken cancellationToken)
    {
        await using var command = cluster.CreateCommand(ReadById);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = id });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = customer });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? ToOrder(reader) : null;
    }

    public static Task<WhereLiving<Order>?> ReadWhereLivingAsync(
        this Cluster cluster, string customer, Guid id, CancellationToken cancellationToken)
        => ReadOneAsync(cluster, ReadByIdWhereLiving, new NpgsqlParameter<Guid> { TypedValue = id }, customer, cancellationToken);

    public static Task<WhereLiving<Order>?> ReadWhereLivingAsync(
        this Cluster cluster, string customer, string key, CancellationToken cancellationToken)
        => ReadOneAsync(cluster, ReadByKeyWhereLiving, new NpgsqlParameter<string> { TypedValue = key }, customer, cancellationToken);

    /// <returns>The page, or null where the customer does not live on this cluster.</returns>
    public static async Task<List<Order>?> ReadPageWhereLivingAsync(
        this Cluster cluster, string customer, OrderCursor after, int limit, CancellationToken cancellationToken)
    {
        await using var command = cluster.CreateCommand(ReadPageWhereLiving);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = customer });
        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = after.CreatedAt });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = after.Id });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = limit });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<Order>? orders = null;
        while (await reader.ReadAsync(cancellationToken))
        {
            orders ??= [];
            if (!reader.IsDBNull(0))
            {
                orders.Add(ToOrder(reader));
            }
        }

        return orders;
    }

    private static async Task<WhereLiving<Order>?> ReadOneAsync(
        Cluster cluster, string sql, NpgsqlParameter which, string customer, CancellationToken cancellationToken)
    {
        await using var command = cluster.CreateCommand(sql);
        command.Parameters.Add(which);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = customer });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? new(reader.IsDBNull(0) ? null : ToOrder(reader)) : null;
    }

    private static Order ToOrder(NpgsqlDataReader reader) => new(
        reader.GetFieldValue<Guid>(0), reader.GetString(1), reader.GetString(2), reader.GetInt32(3), reader.GetFieldValue<DateTime>(4));
}

/// <summary>An answer of the cluster that the customer lives on: there can be no other order elsewhere.</summary>
internal sealed record WhereLiving<T>(T? Value) where T : class;
