using System.Net.Sockets;
using Npgsql;
using NpgsqlTypes;
using PgAspire.Postgres.Topology;

namespace PgAspire.Postgres.Drills;

/// <summary>Whether a cluster is whole, as its primary says in <c>pg_stat_replication</c>: the supervisor's own opinion is what is on trial.</summary>
internal sealed class WholeProbe(DrillTarget target) : IAsyncDisposable
{
    private const string Question =
        """
        SELECT pg_current_wal_insert_lsn(),
               current_setting('cluster_name'),
               current_setting('synchronous_standby_names') <> '',
               (SELECT count(DISTINCT application_name) FROM pg_stat_replication WHERE state = 'streaming' AND flush_lsn >= $1 AND application_name = ANY ($2))
        """;

    private readonly NpgsqlDataSource _source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(target.Monitor) { Pooling = false, Timeout = 2, CommandTimeout = 2 });
    private NpgsqlLogSequenceNumber? _mark;
    private string? _markedOn;

    /// <summary>The name of the instance that takes writes; null where none was found when last asked.</summary>
    public string? Primary { get; private set; }

    /// <summary>Whether every other instance streams and has on disk what the primary had when it was first asked.</summary>
    public async Task<bool> IsWholeAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var command = _source.CreateCommand(Question);
            command.Parameters.Add(new() { NpgsqlDbType = NpgsqlDbType.PgLsn, Value = _mark ?? default(NpgsqlLogSequenceNumber) });
            command.Parameters.Add(new() { Value = target.Cluster.Instances.Select(ReplicaName.Of).ToArray() });
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            await reader.ReadAsync(cancellationToken);
            Primary = reader.GetString(1);
            if (_mark is null || _markedOn != Primary)
            {
                // A replica that hangs counts as streaming for a minute: it has to move.
                (_mark, _markedOn) = (reader.GetFieldValue<NpgsqlLogSequenceNumber>(0), Primary);
                return false;
            }

            return reader.GetBoolean(2) == target.Quorum > 0 && reader.GetInt64(3) == target.Cluster.Instances.Count - 1;
        }
        catch (Exception exception) when (exception is NpgsqlException or SocketException or IOException or TimeoutException)
        {
            (Primary, _mark) = (null, null);
            return false;
        }
    }

    public ValueTask DisposeAsync() => _source.DisposeAsync();
}
