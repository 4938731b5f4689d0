namespace PgAspire.Monitor;

/// <summary>Runs every watcher.</summary>
public sealed class WatcherService(IEnumerable<InstanceWatcher> watchers) : BackgroundService
{
    /// <summary>All of them, in the order of the configuration.</summary>
    public IReadOnlyList<InstanceWatcher> Watchers { get; } = [.. watchers];

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await Task.WhenAll(Watchers.Select(watcher => Task.Run(() => watcher.RunAsync(stoppingToken), stoppingToken)));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            await Task.WhenAll(Watchers.Select(watcher => watcher.DisposeAsync().AsTask()));
        }
    }
}
