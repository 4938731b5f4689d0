using System.Collections.Concurrent;

namespace PgAspire.Hosting.Supervision;

/// <summary>What is known of a cluster with replicas.</summary>
/// <param name="Primary">Ordinal of its primary; 0 while nobody knows.</param>
/// <param name="WasWhole">Whether it has been whole since the app host's start: from then on a lost instance is the supervisor's business and no failure.</param>
/// <param name="Problem">What needs a person; null where nothing does.</param>
/// <param name="IsOver">Whether nobody supervises it any more because of that: it cannot be helped in this run.</param>
internal sealed record SupervisionState(int Primary, bool WasWhole, string? Problem, bool IsOver = false);

/// <summary>What is known of all clusters with replicas.</summary>
internal sealed class SupervisionStates
{
    private static readonly SupervisionState Unknown = new(0, false, null);
    private readonly ConcurrentDictionary<string, SupervisionState> _clusters = new();

    /// <summary>Heard after a change.</summary>
    public event Action<string>? Changed;

    public SupervisionState Of(string cluster) => _clusters.GetValueOrDefault(cluster, Unknown);

    public void Change(string cluster, SupervisionState state)
    {
        if (Of(cluster) != state)
        {
            _clusters[cluster] = state;
            Changed?.Invoke(cluster);
        }
    }

    public void Forget(string cluster) => _clusters.TryRemove(cluster, out _);
}
