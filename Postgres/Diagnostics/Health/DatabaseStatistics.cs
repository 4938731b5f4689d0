namespace PgAspire.Postgres.Diagnostics.Health;

/// <summary>Each database in numbers.</summary>
internal static class DatabaseStatistics
{
    private const long SomeTransactions = 1000;
    private const double ManyRollbacks = 0.1;

    public static Diagnostic Diagnostic { get; } = new("db-stats", "Databases: size, transactions, cache hit rate, deadlocks, conflicts, lost sessions")
    {
        Columns =
        [
            new("database"), new("bytes", Unit.Bytes), new("connections", Unit.Count), new("commits", Unit.Count), new("rollbacks", Unit.Count),
            new("rollback_ratio", Unit.Ratio), new("hit_ratio", Unit.Ratio), new("deadlocks", Unit.Count), new("conflicts", Unit.Count),
            new("abandoned_sessions", Unit.Count), new("failed_sessions", Unit.Count), new("since", Unit.Time),
        ],
        Sql = _ =>
            """
            SELECT d.datname::text AS database, pg_database_size(d.datid) AS bytes, d.numbackends AS connections, d.xact_commit AS commits, d.xact_rollback AS rollbacks,
                d.xact_rollback / nullif(d.xact_commit + d.xact_rollback, 0)::float8 AS rollback_ratio,
                d.blks_hit / nullif(d.blks_hit + d.blks_read, 0)::float8 AS hit_ratio, d.deadlocks, d.conflicts,
                d.sessions_abandoned AS abandoned_sessions, d.sessions_fatal AS failed_sessions, coalesce(d.stats_reset, pg_postmaster_start_time()) AS since
            FROM pg_stat_database d
            JOIN pg_database b ON b.oid = d.datid AND b.datallowconn
            ORDER BY bytes DESC
            """,
        Judge = Diagnostic.Each(Judge),
    };

    internal static Finding? Judge(Row row) =>
        row.Number("commits") + row.Number("rollbacks") < SomeTransactions || row.Number("rollback_ratio") < ManyRollbacks
            ? null
            : new(
                Severity.Info,
                row.Text("database"),
                $"{Readable.Ratio(row.Number("rollback_ratio"))} of its transactions were rolled back ({Readable.Count(row.Number("rollbacks"))})",
                "look for errors in the log (pgaspire logs), for conflicts of serializable transactions, and for sessions that end without COMMIT",
                $"SELECT deadlocks, conflicts, sessions_abandoned, sessions_fatal, sessions_killed FROM pg_stat_database WHERE datname = {Quote.Text(row.Text("database"))}");
}
