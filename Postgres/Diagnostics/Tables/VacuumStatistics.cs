namespace PgAspire.Postgres.Diagnostics.Tables;

/// <summary>What VACUUM and ANALYZE have done for each table, and what is due.</summary>
internal static class VacuumStatistics
{
    private const long SomeRows = 1000;
    private const double OverdueFactor = 2;

    public static Diagnostic Diagnostic { get; } = new("vacuum-stats", "Dead rows, the last VACUUM and ANALYZE of each table, and whether one is due")
    {
        IsOfPrimary = true,
        Columns =
        [
            new("schema"), new("table"), new("rows", Unit.Count), new("dead_rows", Unit.Count), new("dead_ratio", Unit.Ratio), new("threshold", Unit.Count),
            new("due", Unit.Flag), new("last_vacuum", Unit.Time), new("last_analyze", Unit.Time), new("vacuums", Unit.Count), new("autovacuum", Unit.Flag),
        ],
        Sql = _ =>
            $"""
            SELECT n.nspname::text AS schema, c.relname::text AS "table", s.n_live_tup AS rows, s.n_dead_tup AS dead_rows,
                s.n_dead_tup / nullif(s.n_live_tup + s.n_dead_tup, 0)::float8 AS dead_ratio, t.threshold, s.n_dead_tup > t.threshold AS due,
                greatest(s.last_vacuum, s.last_autovacuum) AS last_vacuum, greatest(s.last_analyze, s.last_autoanalyze) AS last_analyze,
                s.vacuum_count + s.autovacuum_count AS vacuums, coalesce(o.enabled, true) AS autovacuum
            FROM pg_stat_all_tables s
            JOIN pg_class c ON c.oid = s.relid
            JOIN pg_namespace n ON n.oid = c.relnamespace AND {SqlParts.IsUserSchema}
            LEFT JOIN LATERAL (
                SELECT max(option_value) FILTER (WHERE option_name = 'autovacuum_vacuum_threshold')::float8 AS threshold,
                    max(option_value) FILTER (WHERE option_name = 'autovacuum_vacuum_scale_factor')::float8 AS factor,
                    bool_and(option_value::bool) FILTER (WHERE option_name = 'autovacuum_enabled') AS enabled
                FROM pg_options_to_table(c.reloptions)
                WHERE option_name IN ('autovacuum_vacuum_threshold', 'autovacuum_vacuum_scale_factor', 'autovacuum_enabled')
            ) o ON true
            CROSS JOIN LATERAL (
                SELECT least(
                    coalesce(o.threshold, current_setting('autovacuum_vacuum_threshold')::float8)
                        + coalesce(o.factor, current_setting('autovacuum_vacuum_scale_factor')::float8) * greatest(c.reltuples, 0),
                    nullif(current_setting('autovacuum_vacuum_max_threshold', true)::float8, -1))::bigint AS threshold
            ) t
            ORDER BY s.n_dead_tup DESC, 1, 2
            LIMIT 100
            """,
        Judge = Diagnostic.Each(Judge),
    };

    internal static Finding? Judge(Row row)
    {
        var table = $"{row.Text("schema")}.{row.Text("table")}";
        if (!row.Is("autovacuum"))
        {
            return new(Severity.Warning, table, $"autovacuum is off for it; it has {Readable.Count(row.Number("dead_rows"))} dead rows",
                "let autovacuum at it again", $"ALTER TABLE {Quote.Relation(row)} RESET (autovacuum_enabled)", $"VACUUM (ANALYZE) {Quote.Relation(row)}");
        }

        if (row.Number("dead_rows") >= SomeRows && row.Number("dead_rows") > OverdueFactor * row.Number("threshold"))
        {
            return new(Severity.Warning, table,
                $"{Readable.Count(row.Number("dead_rows"))} dead rows ({Readable.Ratio(row.Number("dead_ratio"))}), more than twice what should start autovacuum: it cannot keep up, or an old transaction, a slot or a prepared transaction holds it back",
                "see inspect running, replication-slots, prepared-transactions for what holds it back; then vacuum",
                $"VACUUM (VERBOSE, ANALYZE) {Quote.Relation(row)}");
        }

        return row.Number("rows") >= SomeRows && row["last_analyze"] is null
            ? new(Severity.Info, table, $"has never been analyzed since the statistics began: plans for its {Readable.Count(row.Number("rows"))} rows may rest on guesses",
                "analyze it", $"ANALYZE {Quote.Relation(row)}")
            : null;
    }
}
