using Npgsql;
using NpgsqlTypes;

namespace PgAspire.SampleApi.Rebalance;

/// <summary>Copies customers' orders, as a stream and in chunks, so that memory is the same for ten orders and a million.</summary>
internal sealed class OrderCopy(MoveConnection from, MoveConnection to)
{
    private const int ChunkSize = 2000;

    private const string Read =
        """
        SELECT id, customer, item, quantity, created_at, idempotency_key
        FROM orders WHERE customer = ANY($1) AND created_at >= $2
        """;

    // An order that is there already is the same order. A key that another order has here can only come of a customer
    // who was taken for new while a cluster was away: both orders stay, the key stays with the one that has it here.
    private const string Write =
        """
        INSERT INTO orders (id, customer, item, quantity, created_at, idempotency_key)
        SELECT n.id, n.customer, n.item, n.quantity, n.created_at, CASE WHEN NOT EXISTS (
            SELECT FROM orders o WHERE o.customer = n.customer AND o.idempotency_key = n.key AND o.id <> n.id) THEN n.key END
        FROM unnest($1::uuid[], $2::text[], $3::text[], $4::int[], $5::timestamptz[], $6::text[])
            AS n (id, customer, item, quantity, created_at, key)
        ON CONFLICT (id) DO NOTHING
        """;

    private const string Fingerprint =
        """
        SELECT customer || ' ' || count(*) || ' ' || bit_xor(uuid_hash_extended(id, 0))
        FROM orders WHERE customer = ANY($1) GROUP BY customer
        """;

    public static readonly DateTime Ever = DateTime.SpecifyKind(DateTime.MinValue, DateTimeKind.Utc);

    public async Task RunAsync(string[] customers, DateTime since, CancellationToken cancellationToken)
    {
        if (customers.Length == 0)
        {
            return;
        }

        await using var command = from.Command(Read, [customers, since]);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var chunk = new List<CopiedOrder>(ChunkSize);
        while (await reader.ReadAsync(cancellationToken))
        {
            chunk.Add(new(
                reader.GetGuid(0), reader.GetString(1), reader.GetString(2), reader.GetInt32(3), reader.GetDateTime(4),
                reader.IsDBNull(5) ? null : reader.GetString(5)));
            if (chunk.Count == ChunkSize)
            {
                await WriteAsync(chunk, cancellationToken);
                chunk.Clear();
            }
        }

        await WriteAsync(chunk, cancellationToken);
    }

    /// <summary>The customers whose sets of order ids differ between the two clusters, by number and by hash.</summary>
    public async Task<string[]> DifferingAsync(string[] customers, CancellationToken cancellationToken)
    {
        var sides = await Task.WhenAll(
            from.ListAsync(Fingerprint, [customers], cancellationToken),
            to.ListAsync(Fingerprint, [customers], cancellationToken));
        var same = sides[1].ToHashSet();
        // The two numbers follow the last two spaces; the customer's own name may contain more.
        return [.. sides[0].Where(line => !same.Contains(line)).Select(line => line[..line.LastIndexOf(' ', line.LastIndexOf(' ') - 1)])];
    }

    private async Task WriteAsync(List<CopiedOrder> chunk, CancellationToken cancellationToken)
    {
        if (chunk.Count == 0)
        {
            return;
        }

        try
        {
            await TryWriteAsync(chunk, cancellationToken);
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            // Another order took one of the keys between the look and the insert; now the look finds it.
            await TryWriteAsync(chunk, cancellationToken);
        }
    }

    private async Task TryWriteAsync(List<CopiedOrder> chunk, CancellationToken cancellationToken)
    {
        await using var command = to.Command(Write,
        [
            chunk.Select(order => order.Id).ToArray(),
            chunk.Select(order => order.Customer).ToArray(),
            chunk.Select(order => order.Item).ToArray(),
            chunk.Select(order => order.Quantity).ToArray(),
            chunk.Select(order => order.CreatedAt).ToArray(),
        ]);
        command.Parameters.Add(new NpgsqlParameter
        {
            Value = chunk.Select(order => order.Key).ToArray(),
            NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text,
        });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private sealed record CopiedOrder(Guid Id, string Customer, string Item, int Quantity, DateTime CreatedAt, string? Key);
}
