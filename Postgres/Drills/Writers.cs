using System.Collections.Concurrent;
using Npgsql;

namespace PgAspire.Postgres.Drills;

/// <summary>Writes numbers into the ledger, each one once.</summary>
internal sealed class Writers(NpgsqlMultiHostDataSource source) : Client(source, TargetSessionAttributes.Primary)
{
    /// <summary>A server that answers one of these has not done it: it takes no writes, or nobody in.</summary>
    private static readonly HashSet<string> Refusals =
    [
        PostgresErrorCodes.ReadOnlySqlTransaction, PostgresErrorCodes.CannotConnectNow, PostgresErrorCodes.UndefinedTable, PostgresErrorCodes.InvalidSchemaName,
    ];

    private readonly ConcurrentQueue<long> _acknowledged = new();
    private readonly ConcurrentQueue<long> _ambiguous = new();
    private readonly ConcurrentQueue<long> _refused = new();
    private long _last;

    public IReadOnlyCollection<long> Acknowledged => _acknowledged;

    /// <summary>Those that broke off: written again they might be there twice, so they are not.</summary>
    public IReadOnlyCollection<long> Ambiguous => _ambiguous;

    protected override async Task<bool> DoAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var number = _refused.TryDequeue(out var again) ? again : Interlocked.Increment(ref _last);
        var isAlone = false;
        // A commit whose wait for a replica was broken off is acknowledged all the same, with a warning.
        connection.Notice += (_, notice) => isAlone |= notice.Notice.Severity == "WARNING";
        try
        {
            await using var command = new NpgsqlCommand($"INSERT INTO {Ledger.Table} (number) VALUES ($1)", connection) { Parameters = { new() { Value = number } } };
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
        catch (PostgresException exception) when (Refusals.Contains(exception.SqlState))
        {
            _refused.Enqueue(number);
            return false;
        }
        catch (Exception exception) when (IsFailure(exception))
        {
            _ambiguous.Enqueue(number);
            return false;
        }

        if (isAlone)
        {
            _ambiguous.Enqueue(number);
            return false;
        }

        Pulse.Beat();
        _acknowledged.Enqueue(number);
        return true;
    }
}
