using Npgsql;
using NpgsqlTypes;
using PgAspire.SampleApi.Clusters;
using PgAspire.SampleApi.Replication;

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
    public static Task<Written<Order>?> InsertAsync(
        this Cluster cluster, Order order, string? key, bool once, CancellationToken cancellationToken)
        => cluster.OnPrimaryAsync(source => cluster.Replicated is null
            ? InsertAsync(source, order, key, once, cancellationToken)
            : InsertWithPositionAsync(source, order, key, once, cancellationToken));

    /// <summary>Reads an order wherever a copy of it is: orders never change, so that any copy is as good.</summary>
    public static Task<Order?> ReadAsync(
        this NpgsqlDataSource source, WalPosition? after, string customer, Guid id, CancellationToken cancellationToken)
        => source.QueryAsync(
            after,
            ReadById,
            [new NpgsqlParameter<Guid> { TypedValue = id }, new NpgsqlParameter<string> { TypedValue = customer }],
            static async (reader, token) => await reader.ReadAsync(token) ? ToOrder(reader) : null,
            cancellationToken);

    public static Task<WhereLiving<Order>?> ReadWhereLivingAsync(
        this NpgsqlDataSource source, string customer, Guid id, CancellationToken cancellationToken)
        => ReadOneAsync(source, ReadByIdWhereLiving, new NpgsqlParameter<Guid> { TypedValue = id }, customer, cancellationToken);

    public static Task<WhereLiving<Order>?> ReadWhereLivingAsync(
        this NpgsqlDataSource source, string customer, string key, CancellationToken cancellationToken)
        => ReadOneAsync(source, ReadByKeyWhereLiving, new NpgsqlParameter<string> { TypedValue = key }, customer, cancellationToken);

    /// <returns>The page, or null where the customer does not live on this cluster.</returns>
    public static Task<List<Order>?> ReadPageWhereLivingAsync(
        this NpgsqlDataSource source, WalPosition? after, string customer, OrderCursor start, int limit, CancellationToken cancellationToken)
        => source.QueryAsync(
            after,
            ReadPageWhereLiving,
            [
                new NpgsqlParameter<string> { TypedValue = customer },
                new NpgsqlParameter<DateTime> { TypedValue = start.CreatedAt },
                new NpgsqlParameter<Guid> { TypedValue = start.Id },
                new NpgsqlParameter<int> { TypedValue = limit },
            ],
            static async (reader, token) =>
            {
                List<Order>? orders = null;
                while (await reader.ReadAsync(token))
                {
                    orders ??= [];
                    if (!reader.IsDBNull(0))
                    {
                        orders.Add(ToOrder(reader));
                    }
                }

                return orders;
            },
            cancellationToken);

    private static async Task<Written<Order>?> InsertAsync(
        NpgsqlDataSource source, Order order, string? key, bool once, CancellationToken cancellationToken)
    {
        await using var command = source.CreateTagged(once ? InsertOnce : Insert);
        AddInsert(command.Parameters, order, key);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? new(order with { CreatedAt = reader.GetFieldValue<DateTime>(0) }, null) : null;
    }

    // Two transactions in one round trip: the position is one after the commit of the insert.
    private static async Task<Written<Order>?> InsertWithPositionAsync(
        NpgsqlDataSource source, Order order, string? key, bool once, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        using var notices = new CommitNotices(connection);
        await using var batch = new NpgsqlBatch(connection) { EnableErrorBarriers = true };
        var insert = new NpgsqlBatchCommand(ClusterCommand.WithRoute(once ? InsertOnce : Insert));
        AddInsert(insert.Parameters, order, key);
        batch.BatchCommands.Add(insert);
        batch.BatchCommands.Add(new NpgsqlBatchCommand(WalPosition.Current));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        DateTime? created = await reader.ReadAsync(cancellationToken) ? reader.GetFieldValue<DateTime>(0) : null;
        await reader.NextResultAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var position = WalPosition.Read(reader);
        notices.ThrowIfWarned();
        return created is { } time ? new(order with { CreatedAt = time }, position) : null;
    }

    private static void AddInsert(NpgsqlParameterCollection parameters, Order order, string? key)
    {
        parameters.Add(new NpgsqlParameter<Guid> { TypedValue = order.Id });
        parameters.Add(new NpgsqlParameter<string> { TypedValue = order.Customer });
        parameters.Add(new NpgsqlParameter<string> { TypedValue = order.Item });
        parameters.Add(new NpgsqlParameter<int> { TypedValue = order.Quantity });
        parameters.Add(key is null
            ? new NpgsqlParameter { Value = DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text }
            : new NpgsqlParameter<string> { TypedValue = key });
    }

    private static Task<WhereLiving<Order>?> ReadOneAsync(
        NpgsqlDataSource source, string sql, NpgsqlParameter which, string customer, CancellationToken cancellationToken)
        => source.QueryAsync<WhereLiving<Order>>(
            null,
            sql,
            [which, new NpgsqlParameter<string> { TypedValue = customer }],
            static async (reader, token) => await reader.ReadAsync(token) ? new(reader.IsDBNull(0) ? null : ToOrder(reader)) : null,
            cancellationToken);

    private static Order ToOrder(NpgsqlDataReader reader) => new(
        reader.GetFieldValue<Guid>(0), reader.GetString(1), reader.GetString(2), reader.GetInt32(3), reader.GetFieldValue<DateTime>(4));
}

/// <summary>An answer of the cluster that the customer lives on: there can be no other order elsewhere.</summary>
internal sealed record WhereLiving<T>(T? Value) where T : class;
