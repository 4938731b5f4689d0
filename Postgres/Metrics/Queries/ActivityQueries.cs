using static PgAspire.Postgres.Metrics.MetricDefinition;

namespace PgAspire.Postgres.Metrics.Queries;

/// <summary>Backends, transactions, and what they wait for. The monitor's own session is not counted as work.</summary>
internal static class ActivityQueries
{
    // The usual states are there with 0 too, so that an alert on them has something to compare.
    public static MetricQuery Backends { get; } = new(
        ["db.namespace", "postgresql.state"],
        [UpDownCounter("postgresql.backends", "1", "The number of backends by database and state")],
        """
        WITH seen AS (SELECT datname, coalesce(state, 'background') AS state, count(*) AS backends
                      FROM pg_stat_activity WHERE datname IS NOT NULL GROUP BY 1, 2)
        SELECT datname, state, backends FROM seen
        UNION ALL
        SELECT d.datname, s.state, 0
        FROM (SELECT datname FROM pg_database WHERE NOT datistemplate ORDER BY oid LIMIT 50) d
        CROSS JOIN (VALUES ('active'), ('idle'), ('idle in transaction')) s (state)
        WHERE NOT EXISTS (SELECT FROM seen WHERE seen.datname = d.datname AND seen.state = s.state)
        """) { Rows = 150 };

    public static MetricQuery Transactions { get; } = new(
        [],
        [
            Gauge("postgresql.connection.used", "{connections}", "Client backends: what counts against the maximum"),
            Gauge("postgresql.transaction.longest", "s", "Age of the oldest open transaction of a client"),
            Gauge("postgresql.transaction.idle.longest", "s", "How long the longest idle-in-transaction session has been idle"),
            Gauge("postgresql.query.longest", "s", "How long the longest running statement of a client has run"),
            Gauge("postgresql.autovacuum.workers", "{worker}", "Autovacuum workers at work"),
            Gauge("postgresql.transaction.prepared", "{transaction}", "Prepared transactions"),
            Gauge("postgresql.transaction.prepared.longest", "s", "Age of the oldest prepared transaction"),
            Gauge("postgresql.transaction.horizon.age", "{transaction}", "Transactions since the oldest that something still sees"),
        ],
        """
        WITH activity AS MATERIALIZED (SELECT *, backend_type = 'client backend' AND pid <> pg_backend_pid() AS is_client FROM pg_stat_activity)
        SELECT count(*) FILTER (WHERE backend_type = 'client backend'),
               greatest(extract(epoch FROM clock_timestamp() - min(xact_start) FILTER (WHERE is_client)), 0),
               greatest(extract(epoch FROM clock_timestamp() - min(state_change) FILTER (WHERE is_client AND state LIKE 'idle in transaction%')), 0),
               greatest(extract(epoch FROM clock_timestamp() - min(query_start) FILTER (WHERE is_client AND state = 'active')), 0),
               count(*) FILTER (WHERE backend_type = 'autovacuum worker'),
               (SELECT count(*) FROM pg_prepared_xacts),
               coalesce((SELECT extract(epoch FROM clock_timestamp() - min(prepared)) FROM pg_prepared_xacts), 0),
               greatest(max(age(backend_xmin)) FILTER (WHERE pid <> pg_backend_pid()),
                        (SELECT max(age(transaction)) FROM pg_prepared_xacts),
                        (SELECT max(greatest(age(xmin), age(catalog_xmin))) FROM pg_replication_slots),
                        0)
        FROM activity
        """);

    public static MetricQuery Waits { get; } = new(
        ["postgresql.wait_event_type"],
        [Gauge("postgresql.wait.backends", "{backend}", "Active client backends that wait, by kind of wait")],
        """
        SELECT wait_event_type, count(*) FROM pg_stat_activity
        WHERE backend_type = 'client backend' AND state = 'active' AND wait_event_type IS NOT NULL GROUP BY 1
        """) { Rows = 10 };

    public static IEnumerable<MetricQuery> All { get; } = [Backends, Transactions, Waits];
}
