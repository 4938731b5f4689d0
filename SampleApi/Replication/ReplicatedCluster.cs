using System.Diagnostics;
using Npgsql;
using PgAspire.SampleApi.Clusters;

namespace PgAspire.SampleApi.Replication;

/// <summary>
/// Work on a cluster of several instances. Who waits for a primary that does not answer looks for another one meanwhile,
/// and gives up on the old one as soon as there is another: what it does later does not count.
/// </summary>
internal sealed class ReplicatedCluster(string name, IReadOnlyList<ClusterInstance> instances) : IAsyncDisposable
{
    /// <summary>How long a primary is waited for where none is known yet.</summary>
    private static readonly TimeSpan FirstLook = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan Suspicious = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestAnswer = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestReplicaAnswer = TimeSpan.FromSeconds(1);

    private readonly PrimaryFinder _finder = new(instances);
    private uint _turn;

    public IReadOnlyList<ClusterInstance> Instances { get; } = instances;

    /// <summary>Waits until an instance says that it is the primary.</summary>
    public async Task<bool> AwaitPrimaryAsync(TimeSpan patience, CancellationToken cancellationToken)
        => await _finder.AwaitAsync(patience, cancellationToken) is not null;

    /// <summary>The primary's pool, which connects to nothing but a primary.</summary>
    public async Task<NpgsqlDataSource> PrimaryAsync() => (await KnownAsync()).Instance.Primary;

    public async Task<T> OnPrimaryAsync<T>(Func<NpgsqlDataSource, Task<T>> work)
    {
        var primary = _finder.Known ?? await KnownAsync();
        var answer = work(primary.Instance.Primary);
        return answer.IsCompleted ? await answer : await WatchAsync(primary, answer);
    }

    /// <summary>Works on a replica, one after the other where one fails.</summary>
    /// <returns>Null where no replica answers, or the work's own null.</returns>
    public async Task<T?> OnReplicaAsync<T>(Func<NpgsqlDataSource, Task<T?>> work) where T : class
    {
        var first = Interlocked.Increment(ref _turn);
        for (var index = 0u; index < Instances.Count; index++)
        {
            var instance = Instances[(int)((first + index) % Instances.Count)];
            if (instance == _finder.Known?.Instance || !instance.MayServe())
            {
                continue;
            }

            var answer = work(instance.Replica);
            try
            {
                var result = await answer.WaitAsync(LongestReplicaAnswer);
                instance.HasServed();
                return result;
            }
            catch (Exception exception) when (ClusterUnavailableException.IsCause(exception))
            {
                Abandon(answer);
                instance.LetRest();
            }
        }

        return null;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var instance in Instances)
        {
            await instance.DisposeAsync();
        }
    }

    private async Task<KnownPrimary> KnownAsync()
        => _finder.Known ?? await _finder.AwaitAsync(FirstLook) ?? throw new NpgsqlException($"{name} has no primary at the moment.");

    private async Task<T> WatchAsync<T>(KnownPrimary primary, Task<T> answer)
    {
        var watch = Stopwatch.StartNew();
        var patience = Suspicious;
        while (true)
        {
            try
            {
                return await answer.WaitAsync(patience, primary.Superseded);
            }
            catch (Exception exception) when (exception is OperationCanceledException or TimeoutException)
            {
                if (answer.IsCompleted)
                {
                    return await answer;
                }

                if (primary.Superseded.IsCancellationRequested || watch.Elapsed >= LongestAnswer)
                {
                    Abandon(answer);
                    throw new NpgsqlException($"The primary of {name} did not answer.", exception);
                }
            }

            await _finder.LookAsync();
            patience = BetweenLooks;
        }
    }

    // It goes on in its instance's own pool until that answers, is killed, or takes too long for Npgsql.
    private static void Abandon(Task answer)
        => answer.ContinueWith(
            static late => _ = late.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
}
