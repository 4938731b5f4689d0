using System.Globalization;
using Npgsql;
using Npgsql.Replication;
using NpgsqlTypes;
using PgAspire.Postgres.Failover;
using PgAspire.Postgres.Roles;
using PgAspire.Postgres.Topology;

namespace PgAspire.Postgres.Supervision;

/// <summary>The supervisor's connections to one instance, as superuser, for whom a server that is full keeps some free.</summary>
/// <remarks>
/// The driver's own time limits do not hold against a server that hangs: before it gives a connection up it asks that very server, over
/// a new connection, to cancel the statement. So every question has a time limit from outside, and what takes longer is left to itself;
/// it never holds a caller's cancellation token: to cancel what the driver is about to give up fails within the driver.
/// </remarks>
internal sealed class InstanceSession : IAsyncDisposable
{
    private const string Question =
        """
        SELECT r.replica,
               CASE WHEN r.replica THEN greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()) ELSE pg_current_wal_flush_lsn() END,
               NOT r.replica OR pg_last_wal_receive_lsn() IS NOT NULL,
               CASE WHEN r.replica THEN w.received_tli ELSE ('x' || substr(pg_walfile_name(pg_current_wal_flush_lsn()), 1, 8))::bit(32)::int END,
               CASE WHEN r.replica THEN substring(current_setting('primary_conninfo') FROM 'host=([^ ]+ port=[0-9]+)') END,
               current_setting('synchronous_standby_names'),
               ARRAY(SELECT slot_name::text FROM pg_replication_slots WHERE slot_type = 'physical' AND NOT temporary)
          FROM (SELECT pg_is_in_recovery() AS replica) AS r LEFT JOIN pg_stat_wal_receiver AS w ON w.status = 'streaming'
        """;

    private readonly SupervisedCluster _cluster;
    private readonly Instance _instance;
    private readonly NpgsqlDataSource _source;
    private readonly SemaphoreSlim _identifying = new(1);
    private PhysicalReplicationConnection? _replication;
    private volatile bool _isReady;

    public InstanceSession(SupervisedCluster cluster, Instance instance)
    {
        (_cluster, _instance) = (cluster, instance);
        _source = NpgsqlDataSource.Create(Connection(RoleNames.Superuser, pooling: true));
    }

    /// <summary>A connection of its own, to be held: it breaks when the server does.</summary>
    public async Task<HeldConnection> OpenAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        var settings = Connection(RoleNames.Superuser, pooling: false);
        settings.Timeout = (int)Math.Ceiling(patience.TotalSeconds);
        settings.CommandTimeout = settings.Timeout + 1;
        return await HeldConnection.OpenAsync(settings.ConnectionString, cancellationToken);
    }

    /// <summary>Asks the instance, over a connection from the pool.</summary>
    /// <exception cref="TimeoutException">It has not answered by then.</exception>
    public Task<ServerAnswer> AskAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        return OpenAndAskAsync().WaitAsync(patience, cancellationToken);

        async Task<ServerAnswer> OpenAndAskAsync()
        {
            await using var connection = await _source.OpenConnectionAsync(CancellationToken.None);
            return await QuestionAsync(connection);
        }
    }

    /// <summary>Asks the instance.</summary>
    /// <exception cref="TimeoutException">It has not answered by then.</exception>
    public Task<ServerAnswer> AskAsync(HeldConnection connection, TimeSpan patience, CancellationToken cancellationToken) =>
        QuestionAsync(connection.Connection).WaitAsync(patience, cancellationToken);

    /// <summary>Runs a statement, which is not seen in the server's log, over a connection from the pool.</summary>
    /// <exception cref="TimeoutException">It has not ended by then.</exception>
    public Task ExecuteAsync(string statement, TimeSpan patience, CancellationToken cancellationToken)
    {
        return RunAsync().WaitAsync(patience, cancellationToken);

        async Task RunAsync()
        {
            await using var command = _source.CreateCommand(statement);
            command.CommandTimeout = (int)Math.Ceiling(patience.TotalSeconds) + 1;
            await command.ExecuteNonQueryAsync(CancellationToken.None);
        }
    }

    /// <summary>Whether a condition holds.</summary>
    /// <exception cref="TimeoutException">It has not answered by then.</exception>
    public Task<bool> IsTrueAsync(string condition, TimeSpan patience, CancellationToken cancellationToken)
    {
        return QuestionAsync().WaitAsync(patience, cancellationToken);

        async Task<bool> QuestionAsync()
        {
            await using var command = _source.CreateCommand($"SELECT {condition}");
            return await command.ExecuteScalarAsync(CancellationToken.None) is true;
        }
    }

    /// <summary>Closes what is not in use: what is gone is not to be asked again.</summary>
    public void Forget()
    {
        _source.Clear();
        _ = Task.Run(CloseUnusedReplicationAsync);
    }

    public async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync();
        await CloseUnusedReplicationAsync();
        _identifying.Dispose();
    }

    private async Task<ServerAnswer> QuestionAsync(NpgsqlConnection connection)
    {
        await using var command = new NpgsqlCommand(Question, connection);
        await using var reader = await command.ExecuteReaderAsync(CancellationToken.None);
        await reader.ReadAsync(CancellationToken.None);
        var (replica, streams) = (reader.GetBoolean(0), !reader.IsDBNull(3));
        var answer = new ServerAnswer(
            replica,
            streams ? (uint)reader.GetInt32(3) : 0,
            reader.IsDBNull(1) ? default : reader.GetFieldValue<NpgsqlLogSequenceNumber>(1),
            reader.GetBoolean(2),
            reader.IsDBNull(4) ? null : UpstreamOf(reader.GetString(4)),
            replica && streams,
            SynchronousNames.Parse(_cluster.Cluster, reader.GetString(5)),
            reader.GetFieldValue<string[]>(6).Select(slot => ReplicaName.OrdinalOf(_cluster.Cluster, slot)).Where(ordinal => ordinal > 0).ToHashSet());
        await reader.DisposeAsync();
        if (!streams)
        {
            return await IdentifyAsync(answer);
        }

        if (!replica)
        {
            await CloseUnusedReplicationAsync();
        }
        else if (!_isReady)
        {
            await MakeReadyAsync();
        }

        return answer;
    }

    /// <summary>
    /// Opens what a replica is asked over when its primary is gone: to log in is what takes longest then. Where that fails it is only
    /// tried again then.
    /// </summary>
    private async Task MakeReadyAsync()
    {
        await _identifying.WaitAsync(CancellationToken.None);
        try
        {
            await OpenReplicationAsync();
        }
        catch (Exception exception) when (exception is NpgsqlException or TimeoutException or IOException)
        {
            await CloseReplicationAsync();
        }
        finally
        {
            _isReady = true;
            _identifying.Release();
        }
    }

    /// <summary>A replica that does not stream tells its place only over the replication protocol.</summary>
    private async Task<ServerAnswer> IdentifyAsync(ServerAnswer answer)
    {
        await _identifying.WaitAsync(CancellationToken.None);
        try
        {
            await OpenReplicationAsync();
            var identity = await _replication!.IdentifySystem(CancellationToken.None);
            return answer with { Timeline = identity.Timeline, Flushed = identity.XLogPos > answer.Flushed ? identity.XLogPos : answer.Flushed };
        }
        catch
        {
            await CloseReplicationAsync();
            throw;
        }
        finally
        {
            _identifying.Release();
        }
    }

    private async Task OpenReplicationAsync()
    {
        if (_replication is null)
        {
            _replication = new(Connection(RoleNames.Replicator, pooling: false).ConnectionString);
            await _replication.Open(CancellationToken.None);
        }
    }

    /// <summary>
    /// On a primary it would take the place of a replica's own. Whoever uses it at this moment keeps it: neither would ever end
    /// otherwise.
    /// </summary>
    private async Task CloseUnusedReplicationAsync()
    {
        if (_replication is not null && _identifying.Wait(0, CancellationToken.None))
        {
            try
            {
                await CloseReplicationAsync();
            }
            finally
            {
                _identifying.Release();
            }
        }
    }

    private async Task CloseReplicationAsync()
    {
        var replication = _replication;
        (_replication, _isReady) = (null, false);
        await (replication?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    private int? UpstreamOf(string hostAndPort)
    {
        var words = hostAndPort.Split(" port=");
        return _cluster.Cluster.Instances
            .Where(other => other.Ordinal != _instance.Ordinal)
            .FirstOrDefault(other => _cluster.PeerAddress(other) is var address && address.Host == words[0] && address.Port.ToString(CultureInfo.InvariantCulture) == words[1])
            ?.Ordinal;
    }

    private NpgsqlConnectionStringBuilder Connection(string role, bool pooling)
    {
        var address = _cluster.AddressOf(_instance);
        return new()
        {
            Host = address.Host,
            Port = address.Port,
            Database = "postgres",
            Username = role,
            Password = _cluster.Passwords.Of(role),
            ApplicationName = "pgaspire supervisor",
            // Nothing of this belongs into a server's log, and no step may wait for a replica.
            Options = role == RoleNames.Superuser
                ? "-c log_min_error_statement=panic -c log_statement=none -c log_min_duration_statement=-1 -c synchronous_commit=local"
                : null,
            Pooling = pooling,
            // One, kept open for the moment when it matters; and what one statement has set the next one sees.
            MinPoolSize = pooling ? 1 : 0,
            MaxPoolSize = 1,
            NoResetOnClose = true,
            // The one question that is asked all the time.
            MaxAutoPrepare = 1,
            AutoPrepareMinUsages = 2,
            // Seconds.
            Timeout = 2,
            CommandTimeout = 2,
            CancellationTimeout = -1,
        };
    }
}
