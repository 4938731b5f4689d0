namespace PgAspire.Postgres.Diagnostics.Health;

/// <summary>Data checksums and the damage that they have found.</summary>
internal static class Checksums
{
    public static Diagnostic Diagnostic { get; } = new("checksums", "Data checksums, and damage that they have found")
    {
        Columns = [new("database"), new("enabled", Unit.Flag), new("failures", Unit.Count), new("last_failure", Unit.Time)],
        Sql = _ =>
            """
            SELECT coalesce(d.datname, '(shared)')::text AS database, current_setting('data_checksums') = 'on' AS enabled,
                coalesce(d.checksum_failures, 0) AS failures, d.checksum_last_failure AS last_failure
            FROM pg_stat_database d
            WHERE d.datid = 0 OR EXISTS (SELECT FROM pg_database b WHERE b.oid = d.datid AND b.datallowconn)
            ORDER BY failures DESC, d.datname NULLS FIRST
            """,
        Judge = (rows, _) => Judge(rows),
    };

    internal static IEnumerable<Finding> Judge(IReadOnlyList<Row> rows)
    {
        foreach (var row in rows.Where(row => row.Whole("failures") > 0))
        {
            yield return new(Severity.Critical, row.Text("database"),
                $"{Readable.Count(row.Number("failures"))} pages did not match their checksum, the last at {Readable.Value(row["last_failure"], Unit.Time)}: the disk, its controller or the memory damages data",
                "take what is good to another disk at once: fail over to a replica, or restore a backup; the log names file and block",
                "SELECT datname, checksum_failures, checksum_last_failure FROM pg_stat_database WHERE checksum_failures > 0");
        }

        if (rows.Any(row => !row.Is("enabled")))
        {
            yield return new(Severity.Warning, "data_checksums", "are off: damage of the disk is served as data, and pg_rewind needs wal_log_hints instead",
                "stop the cluster cleanly and run pg_checksums on every instance's data directory as the servers' user, PGDATA being what SHOW data_directory says",
                "SHOW data_directory") { Commands = ["./pgaspire down", "pg_checksums --enable --progress --pgdata \"$PGDATA\"", "./pgaspire up --detach"] };
        }
    }
}
