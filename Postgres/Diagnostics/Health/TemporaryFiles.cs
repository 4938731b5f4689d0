namespace PgAspire.Postgres.Diagnostics.Health;

/// <summary>Sorts and hashes that did not fit into work_mem.</summary>
internal static class TemporaryFiles
{
    private const double SomeBytes = 10.0 * 1024 * 1024;
    private const double ManyBytes = 10.0 * 1024 * 1024 * 1024;

    public static Diagnostic Diagnostic { get; } = new("temp-files", "Temporary files of sorts and hashes that did not fit into work_mem")
    {
        Columns = [new("database"), new("files", Unit.Count), new("bytes", Unit.Bytes), new("bytes_per_file", Unit.Bytes), new("work_mem"), new("since", Unit.Time)],
        Sql = _ =>
            """
            SELECT d.datname::text AS database, d.temp_files AS files, d.temp_bytes AS bytes, d.temp_bytes / nullif(d.temp_files, 0) AS bytes_per_file,
                current_setting('work_mem') AS work_mem, coalesce(d.stats_reset, pg_postmaster_start_time()) AS since
            FROM pg_stat_database d
            WHERE d.datname IS NOT NULL AND d.temp_files > 0
            ORDER BY d.temp_bytes DESC
            """,
        Judge = Diagnostic.Each(Judge),
    };

    internal static Finding? Judge(Row row) =>
        row.Number("bytes") < SomeBytes
            ? null
            : new(
                row.Number("bytes") >= ManyBytes ? Severity.Warning : Severity.Info,
                row.Text("database"),
                $"{Readable.Count(row.Number("files"))} temporary files with {Readable.Bytes(row.Number("bytes"))} since {Readable.Value(row["since"], Unit.Time)}: sorts or hashes did not fit into work_mem ({row.Text("work_mem")})",
                "an index may save the sort; else give more work_mem to the role that needs it, not to all",
                "SELECT query, calls, temp_blks_written FROM pg_stat_statements WHERE temp_blks_written > 0 ORDER BY temp_blks_written DESC LIMIT 10",
                $"ALTER ROLE {Quote.Name(Roles.RoleNames.Application)} IN DATABASE {Quote.Name(row.Text("database"))} SET work_mem = '16MB'");
}
