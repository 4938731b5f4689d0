using Npgsql;
using PgAspire.SampleApi.Clusters;
using PgAspire.SampleApi.Placement;

namespace PgAspire.SampleApi.Rebalance;

/// <summary>A connection for the moves: patient, and durable whatever the cluster's settings say.</summary>
internal sealed class MoveConnection : IAsyncDisposable
{
    private const int TimeoutSeconds = 600;

    private MoveConnection(NpgsqlConnection connection) => Connection = connection;

    public NpgsqlConnection Connection { get; }

    public static async Task<MoveConnection> OpenAsync(Cluster cluster, CancellationToken cancellationToken)
    {
        var result = new MoveConnection(await cluster.OpenPrimaryAsync(cancellationToken));
        // A copy must be on disk before the source is told to forget the original.
        await result.ExecuteAsync("SET synchronous_commit = on", [], cancellationToken);
        // Every statement has its index; but where a big customer has just left, the statistics still speak for a scan.
        await result.ExecuteAsync("SET enable_seqscan = off", [], cancellationToken);
        return result;
    }

    public NpgsqlCommand Command(string sql, object[] parameters)
    {
        var command = new NpgsqlCommand(sql, Connection) { CommandTimeout = TimeoutSeconds };
        foreach (var value in parameters)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        return command;
    }

    public async Task<int> ExecuteAsync(string sql, object[] parameters, CancellationToken cancellationToken)
    {
        await using var command = Command(sql, parameters);
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task<T> ScalarAsync<T>(string sql, CancellationToken cancellationToken)
    {
        await using var command = Command(sql, []);
        return (T)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    public async Task<string[]> ListAsync(string sql, object[] parameters, CancellationToken cancellationToken)
    {
        await using var command = Command(sql, parameters);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var list = new List<string>();
        while (await reader.ReadAsync(cancellationToken))
        {
            list.Add(reader.GetString(0));
        }

        return [.. list];
    }

    /// <summary>Reads customer, state, peer and since.</summary>
    public async Task<List<(string Customer, CustomerRow Row)>> RowsAsync(
        string sql, object[] parameters, CancellationToken cancellationToken)
    {
        await using var command = Command(sql, parameters);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<(string, CustomerRow)>();
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add((reader.GetString(0), CustomerRow.Read(reader, 1)));
        }

        return rows;
    }

    public ValueTask DisposeAsync() => Connection.DisposeAsync();
}
