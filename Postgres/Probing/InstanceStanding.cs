using Npgsql;

namespace PgAspire.Postgres.Probing;

/// <summary>What an instance says of its own part in its cluster.</summary>
/// <param name="IsReplica">Whether it is in recovery.</param>
/// <param name="Version">PostgreSQL's version, <c>18.6</c>.</param>
/// <param name="Timeline">The timeline that it is on.</param>
/// <param name="LagBytes">Of a replica, how much WAL it has not replayed, of what it received or last heard that the primary has; null of a primary.</param>
public sealed record InstanceStanding(bool IsReplica, string Version, int Timeline, long? LagBytes)
{
    private const string Question =
        """
        SELECT r.replica,
               current_setting('server_version'),
               CASE WHEN r.replica THEN coalesce(w.received_tli, c.timeline_id) ELSE ('x' || substr(pg_walfile_name(pg_current_wal_flush_lsn()), 1, 8))::bit(32)::int END,
               CASE WHEN r.replica THEN (greatest(w.latest_end_lsn, pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()) - pg_last_wal_replay_lsn())::bigint END
          FROM (SELECT pg_is_in_recovery() AS replica) AS r CROSS JOIN pg_control_checkpoint() AS c LEFT JOIN pg_stat_wal_receiver AS w ON true
        """;

    /// <summary>Asks over an open connection of the role <c>monitor</c>.</summary>
    /// <exception cref="NpgsqlException">It does not answer.</exception>
    public static async Task<InstanceStanding> AskAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Question, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new(reader.GetBoolean(0), reader.GetString(1).Split(' ')[0], reader.GetInt32(2), reader.IsDBNull(3) ? null : reader.GetInt64(3));
    }
}
