namespace PgAspire.Tests.Failover.Simulation;

/// <summary>Every write that a client was told is safe, and what must hold about them.</summary>
internal sealed class Ledger(Func<int> declaredQuorum)
{
    private readonly List<(int Lsn, int Record, int Quorum)> _acknowledged = [];
    private int _newestReign;
    private bool _isNewestPromised;

    /// <summary>How many writes were acknowledged.</summary>
    public int Count { get; private set; }

    /// <summary>How many of them were lost where that may happen.</summary>
    public int Lost { get; private set; }

    /// <summary>Whether commits have waited for what is declared before, so that they must from then on.</summary>
    public bool IsQuorumDue { get; set; }

    public int NextReign() => ++_newestReign;

    public void Acknowledge(SimulatedServer server, int lsn, int record)
    {
        var data = server.Data!;
        if (data.Reign != _newestReign)
        {
            if ((data.Quorum.Count == 0 || !_isNewestPromised) && server.IsStrangers)
            {
                // Nothing keeps an asynchronous primary that somebody else starts from this until it is seen and ended. That of a cluster
                // which was declared asynchronous while it was down may wait for replicas yet, and they follow it: its successor did not ask them.
                return;
            }

            throw new BrokenInvariantException($"{server} acknowledges a write, and another instance was promoted since");
        }

        if (IsQuorumDue && data.Quorum.Count < declaredQuorum())
        {
            throw new BrokenInvariantException($"{server} acknowledges a write that waited for fewer replicas than is declared");
        }

        _acknowledged.Add((lsn, record, Math.Min(data.Quorum.Count, declaredQuorum())));
        Count++;
    }

    /// <summary>What was acknowledged until now may be lost from now on: the cluster was declared asynchronous.</summary>
    public void Release()
    {
        for (var index = 0; index < _acknowledged.Count; index++)
        {
            _acknowledged[index] = _acknowledged[index] with { Quorum = 0 };
        }
    }

    /// <summary>Every acknowledged write is somewhere.</summary>
    public void IsOn(IReadOnlyList<SimulatedServer> servers)
    {
        foreach (var (lsn, record, quorum) in _acknowledged)
        {
            if (quorum > 0 && !servers.Any(server => server.Data is { } data && lsn <= data.Wal.Count && data.Wal[lsn - 1] == record))
            {
                throw new BrokenInvariantException($"the write at {lsn}, which was acknowledged with a quorum of {quorum}, is nowhere any more");
            }
        }
    }

    /// <summary>A promoted instance has every acknowledged write, or may lack some.</summary>
    public void Promoted(SimulatedServer server, bool mayLose)
    {
        _isNewestPromised = !mayLose;
        var wal = server.Data!.Wal;
        for (var index = _acknowledged.Count - 1; index >= 0; index--)
        {
            var (lsn, record, quorum) = _acknowledged[index];
            if (lsn <= wal.Count && wal[lsn - 1] == record)
            {
                continue;
            }

            if (!mayLose || quorum > 0)
            {
                throw new BrokenInvariantException($"{server} was promoted without the write at {lsn}, which was acknowledged with a quorum of {quorum}");
            }

            _acknowledged.RemoveAt(index);
            Lost++;
        }
    }
}
