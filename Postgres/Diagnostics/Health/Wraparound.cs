namespace PgAspire.Postgres.Diagnostics.Health;

/// <summary>How far each database is from having used up its transaction ids.</summary>
/// <remarks>Limits: <see href="https://www.postgresql.org/docs/current/routine-vacuuming.html#VACUUM-FOR-WRAPAROUND">Preventing Transaction ID Wraparound Failures</see>.</remarks>
internal static class Wraparound
{
    /// <summary>Autovacuum freezes at <c>autovacuum_freeze_max_age</c>; one that is far above it does not get through.</summary>
    private const double LateFactor = 1.5;
    private const double Dangerous = 0.5;

    public static Diagnostic Diagnostic { get; } = new("wraparound", "How old each database's oldest transaction id is, and how near that is to the end")
    {
        IsOfPrimary = true,
        Columns =
        [
            new("database"), new("transaction_age", Unit.Count), new("multixact_age", Unit.Count), new("used_ratio", Unit.Ratio), new("freezes_at", Unit.Count),
            new("oldest_table"), new("held_back_by"),
        ],
        Sql = _ =>
            """
            SELECT d.datname::text AS database, age(d.datfrozenxid)::bigint AS transaction_age, mxid_age(d.datminmxid)::bigint AS multixact_age,
                greatest(age(d.datfrozenxid), mxid_age(d.datminmxid)) / 2147483648.0::float8 AS used_ratio,
                current_setting('autovacuum_freeze_max_age')::bigint AS freezes_at,
                CASE WHEN d.datname = current_database() THEN (SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                    WHERE c.relkind IN ('r', 'm', 't') ORDER BY age(c.relfrozenxid) DESC LIMIT 1) END AS oldest_table,
                (SELECT h.who FROM (
                    SELECT 'process ' || a.pid AS who, age(a.backend_xmin) AS age FROM pg_stat_activity a WHERE a.backend_xmin IS NOT NULL AND a.pid <> pg_backend_pid()
                    UNION ALL SELECT 'slot ' || s.slot_name, greatest(age(s.xmin), age(s.catalog_xmin)) FROM pg_replication_slots s
                    UNION ALL SELECT 'prepared transaction ' || p.gid, age(p.transaction) FROM pg_prepared_xacts p
                ) h WHERE h.age > 1000000 ORDER BY h.age DESC LIMIT 1) AS held_back_by
            FROM pg_database d
            ORDER BY transaction_age DESC, d.datname
            """,
        Judge = Diagnostic.Each(Judge),
    };

    internal static Finding? Judge(Row row)
    {
        var used = row.Number("used_ratio");
        if (used < Dangerous && row.Number("transaction_age") < LateFactor * row.Number("freezes_at"))
        {
            return null;
        }

        var holder = row["held_back_by"] is null ? "" : $"; {row.Text("held_back_by")} holds it back";
        return new(
            used >= Dangerous ? Severity.Critical : Severity.Warning,
            row.Text("database"),
            $"{Readable.Ratio(used)} of its transaction ids are used up, and autovacuum does not get through{holder}; at the end the server takes no more writes",
            "end what holds it back, then vacuum the oldest tables",
            row["oldest_table"] is null
                ? "VACUUM (FREEZE, VERBOSE)"
                : $"VACUUM (FREEZE, VERBOSE) {row.Text("oldest_table")}");
    }
}
