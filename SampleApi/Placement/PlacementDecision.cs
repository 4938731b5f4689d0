using PgAspire.SampleApi.Clusters;

namespace PgAspire.SampleApi.Placement;

/// <summary>What follows from the rows that all clusters have of one customer.</summary>
public abstract record PlacementDecision
{
    public sealed record LivesAt(Cluster Cluster) : PlacementDecision;

    /// <summary>The source has handed the customer over and the target has not noticed: its row has to be made <c>here</c>.</summary>
    public sealed record FinishArrival(Cluster Target, Cluster Source, DateTime Since) : PlacementDecision;

    public sealed record Unknown : PlacementDecision;

    /// <summary>Clusters that could hold the customer do not answer.</summary>
    public sealed record Unreachable(IReadOnlyList<string> Clusters) : PlacementDecision;

    /// <summary>The rows point to a cluster that is not configured or has lost its data.</summary>
    public sealed record Unresolved(IReadOnlyList<string> Clusters) : PlacementDecision;

    public static PlacementDecision From(Cluster home, IReadOnlyList<ClusterAnswer<CustomerRow>> answers)
    {
        var rows = answers.Where(answer => answer.Value is not null).ToList();
        var living = rows.Where(row => row.Value!.State == CustomerState.Here).Select(row => row.Cluster).ToList();
        if (living.Count > 0)
        {
            return new LivesAt(living.Contains(home) ? home : living[0]);
        }

        foreach (var target in rows.Where(row => row.Value!.State == CustomerState.Arriving))
        {
            var source = rows.Find(row => row.Cluster.Name == target.Value!.Peer
                && row.Value is { State: CustomerState.Moved, Peer: var peer } && peer == target.Cluster.Name);
            if (source is not null)
            {
                return new FinishArrival(target.Cluster, source.Cluster, target.Value!.Since);
            }
        }

        string[] silent = [.. answers.Where(answer => !answer.Answered).Select(answer => answer.Cluster.Name)];
        return silent.Length > 0 ? new Unreachable(silent)
            : rows.Count > 0 ? new Unresolved([.. rows.Select(row => row.Value!.Peer).OfType<string>().Distinct()])
            : new Unknown();
    }
}
