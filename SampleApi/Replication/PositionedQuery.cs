using Npgsql;
using PgAspire.SampleApi.Clusters;

namespace PgAspire.SampleApi.Replication;

internal static class PositionedQuery
{
    /// <summary>Queries an instance that must have replayed a position, if one is given; both in one round trip.</summary>
    /// <returns>What <paramref name="read"/> makes of the rows; null also where the instance has not come that far.</returns>
    public static async Task<T?> QueryAsync<T>(
        this NpgsqlDataSource source,
        WalPosition? after,
        string sql,
        NpgsqlParameter[] parameters,
        Func<NpgsqlDataReader, CancellationToken, Task<T?>> read,
        CancellationToken cancellationToken)
        where T : class
    {
        if (after is null)
        {
            await using var command = source.CreateTagged(sql);
            command.Parameters.AddRange(parameters);
            await using var rows = await command.ExecuteReaderAsync(cancellationToken);
            return await read(rows, cancellationToken);
        }

        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(Command(WalPosition.IsReplayed, after.Value.Parameters()));
        batch.BatchCommands.Add(Command(ClusterCommand.WithRoute(sql), parameters));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return reader.GetBoolean(0) && await reader.NextResultAsync(cancellationToken) ? await read(reader, cancellationToken) : null;
    }

    private static NpgsqlBatchCommand Command(string sql, NpgsqlParameter[] parameters)
    {
        var command = new NpgsqlBatchCommand(sql);
        command.Parameters.AddRange(parameters);
        return command;
    }
}
