namespace PgAspire.Postgres.Diagnostics.Indexes;

/// <summary>What the diagnostics on indexes have in common.</summary>
internal static class IndexSql
{
    /// <summary>Indexes <c>i</c> (pg_index, ic: its pg_class) of tables <c>c</c> in schemas <c>n</c> of the user.</summary>
    public const string From =
        $"""
        FROM pg_index i
        JOIN pg_class ic ON ic.oid = i.indexrelid
        JOIN pg_class c ON c.oid = i.indrelid
        JOIN pg_namespace n ON n.oid = c.relnamespace AND {SqlParts.IsUserSchema}
        LEFT JOIN pg_stat_all_indexes s ON s.indexrelid = i.indexrelid
        """;

    /// <summary>Whether an index guards a rule, so that it is needed though nothing reads it.</summary>
    public const string IsConstraint =
        "(i.indisprimary OR i.indisunique OR i.indisexclusion OR i.indisreplident OR EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid))";

    /// <summary>Seconds for which this database has counted.</summary>
    public const string CountedFor =
        "(SELECT extract(epoch FROM clock_timestamp() - coalesce(d.stats_reset, pg_postmaster_start_time()))::float8 FROM pg_stat_database d WHERE d.datname = current_database())";
}
