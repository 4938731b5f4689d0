namespace PgAspire.Postgres.Diagnostics.Replication;

/// <summary>Replication slots, which keep WAL and rows for whoever is to come.</summary>
internal static class ReplicationSlots
{
    private const double SomeBytes = 128 * 1024 * 1024;
    private const double ManyTransactions = 10_000_000;

    public static Diagnostic Diagnostic { get; } = new("replication-slots", "Replication slots and the WAL that each keeps")
    {
        Columns =
        [
            new("slot"), new("kind"), new("database"), new("active", Unit.Flag), new("wal_status"), new("kept_bytes", Unit.Bytes), new("safe_bytes", Unit.Bytes),
            new("keeps_rows_of", Unit.Count), new("temporary", Unit.Flag),
        ],
        Sql = server =>
            $"""
            SELECT s.slot_name::text AS slot, s.slot_type AS kind, s.database::text AS database, s.active, s.wal_status,
                pg_wal_lsn_diff({(server.IsReplica ? "pg_last_wal_replay_lsn()" : "pg_current_wal_lsn()")}, s.restart_lsn)::bigint AS kept_bytes, s.safe_wal_size AS safe_bytes,
                greatest(age(s.xmin), age(s.catalog_xmin))::bigint AS keeps_rows_of, s.temporary
            FROM pg_replication_slots s
            ORDER BY kept_bytes DESC NULLS LAST, s.slot_name
            """,
        Judge = Diagnostic.Each(Judge),
    };

    internal static Finding? Judge(Row row)
    {
        var drop = $"SELECT pg_drop_replication_slot({Quote.Text(row.Text("slot"))})";
        return row switch
        {
            _ when row.Text("wal_status") == "lost" => new(
                Severity.Critical, row.Text("slot"), "the WAL that it needs is gone: whoever uses it cannot go on", "make that replica or subscription anew, and drop the slot", drop),
            _ when row.Text("wal_status") == "unreserved" => new(
                Severity.Critical, row.Text("slot"), $"is over max_slot_wal_keep_size with {Readable.Bytes(row.Number("kept_bytes"))}: the next checkpoint takes the WAL that it needs away",
                "bring its replica back at once, or give it more room", "ALTER SYSTEM SET max_slot_wal_keep_size = '4GB'", "SELECT pg_reload_conf()"),
            _ when !row.Is("active") && row.Number("kept_bytes") >= SomeBytes => new(
                Severity.Warning, row.Text("slot"), $"nobody uses it, and it keeps {Readable.Bytes(row.Number("kept_bytes"))} of WAL, more with every write",
                "bring its replica back; drop the slot where none is to come", drop),
            _ when row.Number("keeps_rows_of") >= ManyTransactions => new(
                Severity.Warning, row.Text("slot"), $"keeps dead rows of {Readable.Count(row.Number("keeps_rows_of"))} transactions from VACUUM",
                "look for what its user is waiting for; drop the slot where none is to come", drop),
            _ => null,
        };
    }
}
