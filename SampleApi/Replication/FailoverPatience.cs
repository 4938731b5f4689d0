using System.Diagnostics;
using Microsoft.Extensions.Options;
using PgAspire.SampleApi.Clusters;

namespace PgAspire.SampleApi.Replication;

/// <summary>The settings of section <c>Failover</c>.</summary>
public sealed class FailoverOptions
{
    public const string Section = "Failover";
    public const double LongestPatience = 60;

    /// <summary>Seconds for which a request is tried again while a cluster of several instances has no primary; 0 never.</summary>
    public double PatienceSeconds { get; set; } = 8;
}

/// <summary>
/// Tries a request again while a cluster that it needs is between two primaries. What is tried must be the same however
/// often it happens. A cluster of one instance has nobody to take over, so its failures are reported at once.
/// </summary>
public sealed class FailoverPatience(ClusterSet clusters, IOptions<FailoverOptions> options)
{
    private const int FirstPauseMilliseconds = 20;
    private const int LongestPauseMilliseconds = 320;
    private readonly TimeSpan _patience = TimeSpan.FromSeconds(options.Value.PatienceSeconds);

    /// <exception cref="ClusterUnavailableException">It failed, and trying again is of no use or took too long.</exception>
    public async Task<T> RetryAsync<T>(Func<int, Task<T>> operation, CancellationToken cancellationToken)
    {
        var start = Stopwatch.GetTimestamp();
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return await operation(attempt);
            }
            catch (ClusterUnavailableException unavailable) when (_patience - Stopwatch.GetElapsedTime(start) is { Ticks: > 0 } left)
            {
                foreach (var cluster in unavailable.Clusters)
                {
                    if (clusters.Find(cluster)?.Replicated is not { } replicated || !await replicated.AwaitPrimaryAsync(left, cancellationToken))
                    {
                        throw;
                    }
                }
            }

            // Not all at once onto a server that has just begun to take writes; longer where the primary is not what is wrong.
            var pause = Math.Min(FirstPauseMilliseconds << Math.Min(attempt, 8), LongestPauseMilliseconds);
            await Task.Delay(Random.Shared.Next(pause / 2, pause), cancellationToken);
        }
    }
}
