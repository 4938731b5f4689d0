using System.Diagnostics;
using System.Runtime.InteropServices;
using Npgsql;
using PgAspire.SampleApi.Clusters;

namespace PgAspire.SampleApi.Rebalance;

/// <summary>
/// <c>PgAspire.SampleApi rebalance</c>: moves every customer to the home that the present topology gives. Safe beside
/// running APIs, and after being killed at any moment: run again, it goes on from what the clusters say.
/// </summary>
public sealed class RebalanceCommand(ClusterSet clusters)
{
    public const string Name = "rebalance";

    private const int Failed = 1;
    private const int Interrupted = 130;

    /// <returns>The exit code: 0 where every customer now lives at home.</returns>
    public async Task<int> RunAsync(TextWriter output, TextWriter error)
    {
        using var stop = new CancellationTokenSource();
        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            stop.Cancel();
        }

        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        try
        {
            await RunAsync(output, stop.Token);
            return 0;
        }
        catch (RebalanceException exception)
        {
            await error.WriteLineAsync($"rebalance: {exception.Message}");
            return Failed;
        }
        catch (Exception exception) when (stop.IsCancellationRequested)
        {
            await error.WriteLineAsync($"rebalance: interrupted ({exception.GetType().Name}). Run it again to go on.");
            return Interrupted;
        }
        catch (Exception exception) when (exception is NpgsqlException or TimeoutException)
        {
            await error.WriteLineAsync($"rebalance: a cluster failed ({exception.Message}). Nothing is lost: run it again to go on.");
            return Failed;
        }
    }

    private async Task RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        await using var only = await RebalanceLock.TakeAsync(clusters, cancellationToken);
        var repair = new PlacementRepair(clusters, output);
        await repair.RunAsync(cancellationToken);

        var moved = new MoveTally();
        // Until a pass finds nothing to do: an API that still has the old topology can have added customers meanwhile.
        while (await MoveAllAsync(moved, output, cancellationToken))
        {
        }

        await output.WriteLineAsync(
            $"done: {moved.Customers} customers with {moved.Orders} orders moved in {watch.Elapsed.TotalSeconds:0.0} s; "
            + "every customer lives at home");
    }

    private async Task<bool> MoveAllAsync(MoveTally moved, TextWriter output, CancellationToken cancellationToken)
    {
        var before = moved.Customers;
        foreach (var source in clusters.All)
        {
            await foreach (var (target, customers) in MovePlan.BatchesAsync(clusters, source, cancellationToken))
            {
                var move = new CustomerMove(source, target, customers);
                await move.RunAsync(moved, cancellationToken);
                await output.WriteLineAsync(
                    $"{source.Name} -> {target.Name}: {customers.Count} customers (total {moved.Customers}, {moved.Orders} orders)");
            }
        }

        return moved.Customers > before;
    }
}

/// <summary>What has been moved so far.</summary>
public sealed class MoveTally
{
    public long Customers { get; set; }

    public long Orders { get; set; }
}
