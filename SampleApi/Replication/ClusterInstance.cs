using Npgsql;
using PgAspire.SampleApi.Clusters;

namespace PgAspire.SampleApi.Replication;

/// <summary>One instance of a cluster: where it listens, and its three pools.</summary>
/// <param name="address">Host and port, as the connection string has them.</param>
/// <param name="primary">Connects only while the instance is the primary.</param>
/// <param name="replica">Connects whatever it is.</param>
/// <param name="probe">For the question what it is, beside any load.</param>
internal sealed class ClusterInstance(string address, NpgsqlDataSource primary, NpgsqlDataSource replica, NpgsqlDataSource probe) : IAsyncDisposable
{
    // A replica has no timeline of its own to ask for; of a primary, the name of its WAL file begins with it.
    private const string Question =
        """
        SELECT (SELECT system_identifier FROM pg_control_system()), CASE WHEN NOT pg_is_in_recovery()
            THEN ('x' || left(pg_walfile_name(pg_current_wal_insert_lsn()), 8))::bit(32)::bigint END
        """;

    private const long RestMilliseconds = 2000;
    private const long Never = 0;

    private readonly Lock _lock = new();
    private Task<Standing?>? _probe;
    private long _restsUntil = Never;

    public string Address { get; } = address;

    public NpgsqlDataSource Primary { get; } = primary;

    public NpgsqlDataSource Replica { get; } = replica;

    /// <summary>Whether a read may go here. After a failure none does for a while, then one that finds out for all others.</summary>
    public bool MayServe()
    {
        var (until, now) = (Volatile.Read(ref _restsUntil), Environment.TickCount64);
        return until == Never || (now >= until && Interlocked.CompareExchange(ref _restsUntil, now + RestMilliseconds, until) == until);
    }

    public void HasServed()
    {
        if (Volatile.Read(ref _restsUntil) != Never)
        {
            Volatile.Write(ref _restsUntil, Never);
        }
    }

    public void LetRest() => Volatile.Write(ref _restsUntil, Environment.TickCount64 + RestMilliseconds);

    /// <summary>Asks what it is, one question at a time: who asks while it is asked gets the same answer. Null for no answer.</summary>
    public Task<Standing?> ProbeAsync()
    {
        lock (_lock)
        {
            return _probe is { IsCompleted: false } ? _probe : _probe = AskAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Primary.DisposeAsync();
        await Replica.DisposeAsync();
        await probe.DisposeAsync();
    }

    private async Task<Standing?> AskAsync()
    {
        try
        {
            await using var command = probe.CreateCommand(Question);
            await using var reader = await command.ExecuteReaderAsync();
            await reader.ReadAsync();
            return new(reader.GetInt64(0), reader.IsDBNull(1) ? null : reader.GetInt64(1));
        }
        catch (Exception exception) when (ClusterUnavailableException.IsCause(exception) || exception is ObjectDisposedException)
        {
            return null;
        }
    }
}
