namespace PgAspire.Postgres.Diagnostics.Replication;

/// <summary>Who streams from whom, and how far behind.</summary>
internal static class Replication
{
    private const double MuchBytes = 64 * 1024 * 1024;
    private const double LongSeconds = 30;

    public static Diagnostic Diagnostic { get; } = new("replication", "Streaming: of a primary its replicas, of a replica its primary, with the lag in bytes and seconds")
    {
        Columns =
        [
            new("peer"), new("address"), new("state"), new("sync"), new("slot"), new("sent_lag_bytes", Unit.Bytes), new("flush_lag_bytes", Unit.Bytes),
            new("replay_lag_bytes", Unit.Bytes), new("replay_lag_seconds", Unit.Seconds), new("paused", Unit.Flag), new("last_message", Unit.Time),
        ],
        Sql = server => server.IsReplica ? ReplicaSql : PrimarySql,
        Judge = Diagnostic.Each(Judge),
        Compare = Compare,
    };

    private const string PrimarySql =
        """
        SELECT r.application_name AS peer, host(r.client_addr) AS address, r.state, r.sync_state AS sync, s.slot_name::text AS slot,
            pg_wal_lsn_diff(pg_current_wal_lsn(), r.sent_lsn)::bigint AS sent_lag_bytes, pg_wal_lsn_diff(pg_current_wal_lsn(), r.flush_lsn)::bigint AS flush_lag_bytes,
            pg_wal_lsn_diff(pg_current_wal_lsn(), r.replay_lsn)::bigint AS replay_lag_bytes, extract(epoch FROM r.replay_lag)::float8 AS replay_lag_seconds,
            NULL::bool AS paused, r.reply_time AS last_message
        FROM pg_stat_replication r
        LEFT JOIN pg_replication_slots s ON s.active_pid = r.pid
        ORDER BY r.application_name
        """;

    // Where a replica has replayed all that it has received, it is not behind, however long ago the last commit was.
    private const string ReplicaSql =
        """
        SELECT 'primary' AS peer, w.sender_host || ':' || w.sender_port AS address, coalesce(w.status, 'not streaming') AS state, NULL::text AS sync, w.slot_name AS slot,
            NULL::bigint AS sent_lag_bytes, NULL::bigint AS flush_lag_bytes,
            pg_wal_lsn_diff(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn())::bigint AS replay_lag_bytes,
            CASE WHEN w.status = 'streaming' AND pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() THEN 0
                ELSE extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp()) END::float8 AS replay_lag_seconds,
            pg_is_wal_replay_paused() AS paused, w.last_msg_receipt_time AS last_message
        FROM (SELECT 1) AS one LEFT JOIN pg_stat_wal_receiver w ON true
        """;

    internal static Finding? Judge(Row row, ServerFacts server) => server.IsReplica ? JudgeReplica(row) : JudgePrimary(row);

    private static Finding? JudgePrimary(Row row)
    {
        if (row.Text("state") is not ("streaming" or "backup"))
        {
            return new(Severity.Info, row.Text("peer"), $"is in state {row.Text("state")}: it catches up, and cannot take over yet", "wait; where it does not end, look into its log",
                $"SELECT state, pg_wal_lsn_diff(pg_current_wal_lsn(), sent_lsn) AS to_send, pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn) AS to_replay FROM pg_stat_replication WHERE application_name = {Quote.Text(row.Text("peer"))}");
        }

        var (bytes, seconds) = (row.Number("replay_lag_bytes"), row.Number("replay_lag_seconds"));
        return bytes < MuchBytes && seconds < LongSeconds
            ? null
            : new(Severity.Warning, row.Text("peer"), $"is {Readable.Bytes(bytes)} and {Readable.Seconds(seconds)} behind: reads there are old, and what it lacks is lost if the primary is",
                "look for a long query on it that holds replay back, a slow disk or network, or a burst of writes",
                "SELECT pid, usename, application_name, state, xact_start FROM pg_stat_activity WHERE backend_type = 'client backend' ORDER BY xact_start");
    }

    private static Finding? JudgeReplica(Row row) => row switch
    {
        _ when row.Text("state") != "streaming" => new(
            Severity.Critical, "WAL receiver", $"is {(row.Text("state") == "not streaming" ? "not there" : row.Text("state"))}: this replica gets nothing from its primary",
            "see whether the primary runs, and what this replica's log says (a slot that is gone, WAL that is gone, a password)",
            "SELECT slot_name, active, wal_status FROM pg_replication_slots -- on the primary"),
        _ when row.Is("paused") => new(
            Severity.Warning, "replay", "is paused: reads here get older and older", "resume it", "SELECT pg_wal_replay_resume()"),
        _ when row.Number("replay_lag_bytes") >= MuchBytes || row.Number("replay_lag_seconds") >= LongSeconds => new(
            Severity.Warning, "replay", $"is {Readable.Bytes(row.Number("replay_lag_bytes"))} behind what was received, the last transaction {Readable.Seconds(row.Number("replay_lag_seconds"))} old",
            "look for a long query here that holds replay back, or a slow disk",
            "SELECT pid, usename, application_name, state, xact_start FROM pg_stat_activity WHERE backend_type = 'client backend' ORDER BY xact_start"),
        _ => null,
    };

    /// <summary>A cluster with replicas of which its primary knows fewer.</summary>
    internal static IEnumerable<PlacedFinding> Compare(IReadOnlyList<InstanceReport> reports)
    {
        foreach (var cluster in reports.Where(report => report.Server is not null && report.Failure is null).GroupBy(report => report.Cluster))
        {
            var replicas = cluster.Count(report => report.Server!.IsReplica);
            var primaries = cluster.Where(report => !report.Server!.IsReplica).ToList();
            if (primaries.Count > 1)
            {
                yield return new(cluster.Key, null, new(Severity.Critical, cluster.Key, $"has {primaries.Count} primaries: {string.Join(", ", primaries.Select(report => report.Instance))}; their data drift apart",
                    "keep the one that the application writes to, and make the others replicas of it anew",
                    "SELECT usename, application_name, client_addr, max(state_change) FROM pg_stat_activity WHERE backend_type = 'client backend' GROUP BY 1, 2, 3 -- on each: who uses it",
                    "SELECT timeline_id, checkpoint_lsn, checkpoint_time FROM pg_control_checkpoint() -- on each: the later timeline was promoted later"));
            }
            else if (primaries.Count == 1 && primaries[0].Rows.Count(row => row.Text("state") == "streaming") is var streaming && streaming < replicas)
            {
                yield return new(cluster.Key, primaries[0].Instance, new(Severity.Warning, cluster.Key, $"{streaming} of {replicas} replicas stream from the primary",
                    "see what the others say: inspect replication, logs", "SELECT application_name, state, sync_state FROM pg_stat_replication"));
            }
        }
    }
}
