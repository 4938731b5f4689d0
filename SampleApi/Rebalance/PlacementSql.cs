namespace PgAspire.SampleApi.Rebalance;

/// <summary>The changes of state that a move is made of, each for many customers at once, each safe to repeat.</summary>
internal static class PlacementSql
{
    /// <summary>On the target. $1: customers, $2: the source.</summary>
    public const string BeginArrivals =
        """
        INSERT INTO customers (customer, state, peer) SELECT unnest($1::text[]), 'arriving', $2 ORDER BY 1
        ON CONFLICT (customer) DO UPDATE SET state = 'arriving', peer = EXCLUDED.peer, since = clock_timestamp()
        WHERE customers.state <> 'here'
        """;

    /// <summary>On the source, under the fence. $1: customers, $2: the target.</summary>
    public const string HandOver =
        "UPDATE customers SET state = 'moved', peer = $2, since = clock_timestamp() WHERE customer = ANY($1)";

    /// <summary>On the target, after the source has handed over. $1: customers, $2: the source.</summary>
    public const string FinishArrivals =
        """
        UPDATE customers SET state = 'here', peer = NULL, since = clock_timestamp()
        WHERE customer = ANY($1) AND state = 'arriving' AND peer = $2
        """;

    /// <summary>On the source, where the target has lost its data. $1: customers, $2: the target.</summary>
    public const string TakeBack =
        """
        UPDATE customers SET state = 'here', peer = NULL, since = clock_timestamp()
        WHERE customer = ANY($1) AND state = 'moved' AND peer = $2
        """;

    /// <summary>Customers who have orders but no row, such as after orders were loaded by hand: they live here.</summary>
    public const string AdoptStrays =
        """
        WITH RECURSIVE names AS (
            (SELECT customer FROM orders ORDER BY customer LIMIT 1)
            UNION ALL
            SELECT (SELECT o.customer FROM orders o WHERE o.customer > n.customer ORDER BY o.customer LIMIT 1)
            FROM names n WHERE n.customer IS NOT NULL)
        INSERT INTO customers (customer) SELECT customer FROM names WHERE customer IS NOT NULL ON CONFLICT DO NOTHING
        """;

    /// <summary>$1: customers, $2: the state they must be in, $3: how many orders at most.</summary>
    public const string DeleteOrders =
        """
        DELETE FROM orders WHERE id IN (
            SELECT o.id FROM orders o JOIN customers c USING (customer)
            WHERE o.customer = ANY($1) AND c.state = $2 LIMIT $3)
        """;
}
