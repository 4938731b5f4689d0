using Npgsql;

namespace PgAspire.Postgres.Metrics;

/// <summary>One connection to an instance, and the prepared statements that read its metrics. Not for use by several at a time.</summary>
public sealed class MetricReader : IAsyncDisposable
{
    private readonly NpgsqlConnection _connection;
    private readonly (string Cluster, string Instance) _name;
    private ServerFeatures _features;
    private NpgsqlBatch? _batch;
    private List<MetricQuery> _queries = [];

    private MetricReader(NpgsqlConnection connection, ServerFeatures features, (string, string) name) =>
        (_connection, _features, _name) = (connection, features, name);

    /// <summary>Connects.</summary>
    /// <param name="source">Connections to the instance as the role <c>monitor</c>.</param>
    /// <param name="cluster">The instance's cluster.</param>
    /// <param name="instance">Its name.</param>
    /// <exception cref="NpgsqlException">It does not answer.</exception>
    /// <exception cref="NotSupportedException">It is too old.</exception>
    public static async Task<MetricReader> OpenAsync(NpgsqlDataSource source, string cluster, string instance, CancellationToken cancellationToken)
    {
        var connection = await source.OpenConnectionAsync(cancellationToken);
        try
        {
            return new(connection, await ServerFeatures.ReadAsync(connection, cancellationToken), (cluster, instance));
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Reads what is cheap, in one round trip.</summary>
    /// <exception cref="NpgsqlException">The instance does not answer.</exception>
    public async Task<MetricSample> ReadAsync(CancellationToken cancellationToken)
    {
        if (_batch is null)
        {
            (_batch, _queries) = Batch(slow: false);
            await _batch.PrepareAsync(cancellationToken);
        }

        return await ReadAsync(_batch, _queries, role: null, cancellationToken);
    }

    /// <summary>Reads what costs more.</summary>
    /// <param name="role">The instance's role.</param>
    /// <exception cref="NpgsqlException">The instance does not answer, or a table is locked for too long.</exception>
    public async Task<MetricSample> ReadSlowAsync(string role, CancellationToken cancellationToken)
    {
        _features = await ServerFeatures.ReadAsync(_connection, cancellationToken); // An extension may have come or gone.
        var (batch, queries) = Batch(slow: true);
        await using (batch)
        {
            return await ReadAsync(batch, queries, role, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_batch is not null)
        {
            await _batch.DisposeAsync();
        }

        await _connection.DisposeAsync();
    }

    private (NpgsqlBatch Batch, List<MetricQuery> Queries) Batch(bool slow)
    {
        var batch = new NpgsqlBatch(_connection);
        var queries = new List<MetricQuery>();
        foreach (var (query, sql) in MetricCatalog.For(_features, slow))
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand(sql));
            queries.Add(query);
        }

        return (batch, queries);
    }

    private async Task<MetricSample> ReadAsync(NpgsqlBatch batch, List<MetricQuery> queries, string? role, CancellationToken cancellationToken)
    {
        var sample = role is null ? null : new MetricSample(_name.Cluster, _name.Instance, role);
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        foreach (var query in queries)
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                sample ??= new(_name.Cluster, _name.Instance, reader.GetBoolean(0) ? "replica" : "primary");
                sample.AddRow(query, reader);
            }

            await reader.NextResultAsync(cancellationToken);
        }

        return sample!;
    }
}
