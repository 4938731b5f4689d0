using System.Diagnostics;
using Npgsql;
using PgAspire.Postgres.Supervision;
using PgAspire.Postgres.Topology;

namespace PgAspire.Postgres.Drills;

/// <summary>
/// Injects a fault into a running cluster while an application writes and reads, and measures what that costs: the same on every
/// host.
/// </summary>
/// <param name="target">The cluster.</param>
/// <param name="faults">What injects faults on its host.</param>
/// <param name="events">What its supervisor has done since a moment, in order; empty where that cannot be told.</param>
public sealed class Drill(DrillTarget target, IFaultInjector faults, Func<DateTimeOffset, IReadOnlyList<SupervisorEvent>> events)
{
    private const int WarmWrites = 100;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan WarmPatience = TimeSpan.FromSeconds(30);

    /// <summary>Does one drill.</summary>
    /// <param name="fault">What to do.</param>
    /// <param name="instance">To which instance; null for the primary.</param>
    /// <param name="options">How.</param>
    /// <param name="cancellationToken">Ends it early; what it did is taken back all the same.</param>
    /// <exception cref="DrillException">The cluster is not whole to begin with, or is not usable afterwards.</exception>
    public async Task<DrillReport> RunAsync(DrillFault fault, Instance? instance, DrillOptions options, CancellationToken cancellationToken)
    {
        await using var atFirst = new WholeProbe(target);
        if (!await UntilAsync(() => atFirst.IsWholeAsync(cancellationToken), WarmPatience, cancellationToken))
        {
            throw new DrillException($"{target.Cluster.Name} is not whole to begin with: a drill would find what was broken before.");
        }

        var before = atFirst.Primary!;
        var victim = instance ?? target.Cluster.Instances.Single(other => other.Name == before);
        await using var source = new NpgsqlDataSourceBuilder(target.Application).BuildMultiHost();
        var ledger = new Ledger(source.WithTargetSession(TargetSessionAttributes.Primary));
        await ledger.MakeAsync(cancellationToken);
        await using var afterwards = new WholeProbe(target);
        var run = new DrillRun(fault, victim, options, faults);
        var (writers, readers, replicaReaders) = (new Writers(source), new Readers(source, TargetSessionAttributes.Primary), new Readers(source, TargetSessionAttributes.PreferStandby));
        try
        {
            writers.Start(options.Writers);
            readers.Start(1);
            replicaReaders.Start(1);
            if (!await UntilAsync(() => Task.FromResult(writers.Pulse.CountSince(0) >= WarmWrites && readers.Pulse.CountSince(0) > 0 && replicaReaders.Pulse.CountSince(0) > 0), WarmPatience, cancellationToken))
            {
                throw new DrillException($"{target.Cluster.Name} is whole and does not do {WarmWrites} writes in {WarmPatience.TotalSeconds:0} s.");
            }

            await run.GoThroughAsync(async token => writers.Pulse.CountSince(run.InForce) > options.Writers && await afterwards.IsWholeAsync(token), cancellationToken);
            await UntilAsync(() => Task.FromResult(new[] { writers.Pulse, readers.Pulse, replicaReaders.Pulse }.All(pulse => pulse.CountSince(run.Whole ?? run.InForce) > 0)), WarmPatience, cancellationToken);
        }
        finally
        {
            await Task.WhenAll(writers.DisposeAsync().AsTask(), readers.DisposeAsync().AsTask(), replicaReaders.DisposeAsync().AsTask());
        }

        source.ClearDatabaseStates();
        var end = Stopwatch.GetTimestamp();
        var report = new DrillReport(fault, target.Cluster.Name, victim.Name, run.BegunAt, target.Quorum > 0)
        {
            WriteOutage = writers.Pulse.LongestGap(run.Begun, end).Length.TotalSeconds,
            ReadOutage = readers.Pulse.LongestGap(run.Begun, end).Length.TotalSeconds,
            ReplicaReadOutage = replicaReaders.Pulse.LongestGap(run.Begun, end).Length.TotalSeconds,
            Writes = LedgerVerdict.Of(writers.Acknowledged, writers.Ambiguous, await ReadAsync(ledger, cancellationToken)),
            WholeAfter = run.Whole is { } whole ? Stopwatch.GetElapsedTime(run.Begun, whole).TotalSeconds : null,
            PrimaryBefore = before,
            PrimaryAfter = afterwards.Primary,
            Split = FailoverSplit.Of(run.BegunAt, moment => run.TimeOf(writers.Pulse.FirstSince(run.MomentOf(moment)) ?? end), victim.Name, events(run.BegunAt)),
        };
        if (!options.Keep)
        {
            await ledger.RemoveAsync(cancellationToken);
        }

        return report;
    }

    internal static async Task<bool> UntilAsync(Func<Task<bool>> reached, TimeSpan patience, CancellationToken cancellationToken)
    {
        for (var start = Stopwatch.GetTimestamp(); !await reached();)
        {
            if (Stopwatch.GetElapsedTime(start) > patience)
            {
                return false;
            }

            await Task.Delay(Look, cancellationToken);
        }

        return true;
    }

    private async Task<IReadOnlyList<long>> ReadAsync(Ledger ledger, CancellationToken cancellationToken)
    {
        try
        {
            return await ledger.ReadAsync(cancellationToken);
        }
        catch (NpgsqlException exception)
        {
            throw new DrillException($"{target.Cluster.Name} cannot be asked what it holds: {exception.Message} The ledger stays in {Ledger.Table}.", exception);
        }
    }
}
