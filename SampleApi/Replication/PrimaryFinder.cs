namespace PgAspire.SampleApi.Replication;

/// <summary>What an instance has said of itself.</summary>
internal sealed record Sighting(ClusterInstance Instance, Standing Standing);

/// <summary>The instance that is taken for the primary, until another one is.</summary>
internal sealed class KnownPrimary(Sighting sighting, CancellationTokenSource superseded)
{
    public Sighting Sighting { get; } = sighting;

    public ClusterInstance Instance => Sighting.Instance;

    /// <summary>Cancelled when another primary is known: what this one has not answered yet, it need not answer any more.</summary>
    public CancellationToken Superseded => superseded.Token;

    public void Supersede()
    {
        // Not on this thread: every request that waits goes on from here.
        _ = superseded.CancelAsync();
        Instance.Primary.Clear();
    }
}

/// <summary>
/// Knows the primary of a cluster, and looks for it when asked to. Npgsql's own search asks host after host, so that one
/// that hangs costs each search its whole timeout, and believes for whole seconds what it has seen once; this one asks
/// all at the same time.
/// </summary>
internal sealed class PrimaryFinder(IReadOnlyList<ClusterInstance> instances)
{
    private const int PauseMilliseconds = 40;
    private static readonly TimeSpan LookTime = TimeSpan.FromMilliseconds(150);

    private readonly Lock _lock = new();
    private volatile KnownPrimary? _known;
    private Task<KnownPrimary?>? _look;

    /// <summary>The primary that was seen last.</summary>
    public KnownPrimary? Known => _known;

    /// <summary>Asks every instance, one look at a time for all who want one.</summary>
    /// <returns>The primary, if it says so now.</returns>
    public Task<KnownPrimary?> LookAsync()
    {
        lock (_lock)
        {
            return _look is { IsCompleted: false } ? _look : _look = Task.Run(RunAsync);
        }
    }

    /// <summary>Looks until a primary is seen, or the time is over.</summary>
    public async Task<KnownPrimary?> AwaitAsync(TimeSpan patience, CancellationToken cancellationToken = default)
    {
        var start = Environment.TickCount64;
        while (true)
        {
            if (await LookAsync().WaitAsync(cancellationToken) is { } found)
            {
                return found;
            }

            if (Environment.TickCount64 - start >= patience.TotalMilliseconds)
            {
                return null;
            }

            await Task.Delay(Random.Shared.Next(PauseMilliseconds, 2 * PauseMilliseconds), cancellationToken);
        }
    }

    private async Task<KnownPrimary?> RunAsync()
    {
        var asked = instances.Select(AskAsync).ToArray();
        // Over early when all have answered, or one has turned out to be a newer primary.
        await Task.WhenAny(Task.WhenAll(asked), Task.Delay(LookTime, _known?.Superseded ?? CancellationToken.None));
        Sighting[] seen = [.. asked.Where(answer => answer.IsCompleted).Select(answer => answer.Result).OfType<Sighting>()];
        lock (_lock)
        {
            return PrimaryChoice.From(_known?.Sighting, seen, sighting => sighting.Standing) is { } primary ? Adopt(primary) : null;
        }
    }

    /// <summary>Also an answer that comes after the look has ended counts, where it settles the matter alone.</summary>
    private async Task<Sighting?> AskAsync(ClusterInstance instance)
    {
        if (await instance.ProbeAsync() is not { } standing)
        {
            return null;
        }

        var sighting = new Sighting(instance, standing);
        lock (_lock)
        {
            if (_known is { } known && PrimaryChoice.Supersedes(standing, known.Sighting.Standing))
            {
                Adopt(sighting);
            }
        }

        return sighting;
    }

    private KnownPrimary Adopt(Sighting primary)
    {
        if (_known is { } known && known.Sighting == primary)
        {
            return known;
        }

        var before = _known;
        _known = new(primary, new());
        before?.Supersede();
        return _known;
    }
}
