using Npgsql;

namespace PgAspire.SampleApi.Clusters;

/// <summary>What one cluster answered, or why it did not.</summary>
public sealed record ClusterAnswer<T>(Cluster Cluster, T? Value, Exception? Failure)
{
    public bool Answered => Failure is null;
}

/// <summary>Asks several clusters the same at once.</summary>
public static class ClusterQuery
{
    /// <summary>Asks all primaries in parallel; a cluster that fails, or takes longer than the budget, is a failure of its own.</summary>
    public static Task<ClusterAnswer<T>[]> AskAsync<T>(
        this IEnumerable<Cluster> clusters,
        TimeSpan budget,
        Func<Cluster, NpgsqlDataSource, CancellationToken, Task<T>> question,
        CancellationToken cancellationToken)
        => Task.WhenAll(clusters.Select(cluster => AskAsync(cluster, budget, question, cancellationToken)));

    private static async Task<ClusterAnswer<T>> AskAsync<T>(
        Cluster cluster,
        TimeSpan budget,
        Func<Cluster, NpgsqlDataSource, CancellationToken, Task<T>> question,
        CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(budget);
        var token = timeout.Token;
        try
        {
            // Npgsql waits for a hung server to confirm a cancellation; the caller's budget must not.
            var value = await cluster.OnPrimaryAsync(source => question(cluster, source, token)).WaitAsync(token);
            return new(cluster, value, null);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new(cluster, default, new TimeoutException($"{cluster.Name} did not answer within {budget.TotalSeconds:0.#} s."));
        }
        catch (Exception exception) when (ClusterUnavailableException.IsCause(exception))
        {
            return new(cluster, default, exception);
        }
    }
}
