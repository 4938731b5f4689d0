using System.Globalization;

namespace PgAspire.Tests.Failover.Simulation;

/// <summary>What an instance has on disk: it survives every crash.</summary>
internal sealed class SimulatedData
{
    /// <summary>Every record has a number of its own; the record at LSN n is the n-th. All of it is flushed.</summary>
    public List<int> Wal { get; private set; } = [];

    /// <summary>The timelines that led here, and the LSN after which each began.</summary>
    public List<(uint Timeline, int Begin)> History { get; private set; } = [(1, 0)];

    public uint Timeline => History[^1].Timeline;

    /// <summary>Whether there is a <c>standby.signal</c>.</summary>
    public bool IsReplica { get; set; }

    public int? Upstream { get; set; }

    public SimulatedQuorum Quorum { get; set; } = SimulatedQuorum.None;

    public IReadOnlySet<int> Slots { get; set; } = new HashSet<int>();

    /// <summary>Rewound data are of use only once they have all WAL up to here.</summary>
    public int ConsistentAt { get; set; }

    /// <summary>Which promotion, counted over the whole history, made the timeline that it last wrote to as a primary or followed.</summary>
    public int Reign { get; set; }

    public bool IsConsistent => Wal.Count >= ConsistentAt;

    /// <summary>Whether PostgreSQL would let it stream: it goes by the numbers of timelines, not by what is in them.</summary>
    public bool CanStreamFrom(SimulatedData source) => source.EndOf(Timeline) is { } end && Wal.Count <= end;

    /// <summary>What <c>pg_basebackup</c> makes.</summary>
    public SimulatedData Copy() => new() { Wal = [.. Wal], History = [.. History], Quorum = Quorum, Reign = Reign, ConsistentAt = ConsistentAt };

    /// <summary>What <c>pg_rewind</c> does: nothing where the data have not parted.</summary>
    public void Rewind(SimulatedData source)
    {
        var common = 0;
        while (common + 1 < History.Count && common + 1 < source.History.Count && History[common + 1] == source.History[common + 1])
        {
            common++;
        }

        var timeline = History[common].Timeline;
        if (Timeline == source.Timeline || Wal.Count <= source.EndOf(timeline))
        {
            return;
        }

        var parted = Math.Min(EndOf(timeline)!.Value, source.EndOf(timeline)!.Value);
        Wal.RemoveRange(parted, Wal.Count - parted);
        History.RemoveRange(common + 1, History.Count - common - 1);
        (ConsistentAt, Quorum, Reign) = (source.Wal.Count, source.Quorum, source.Reign);
    }

    /// <summary>Takes over up to <paramref name="count"/> records.</summary>
    public void Receive(SimulatedData source, int count)
    {
        if (Wal.Count > 0 && source.Wal[Wal.Count - 1] != Wal[^1])
        {
            throw new BrokenInvariantException(string.Create(CultureInfo.InvariantCulture, $"a replica follows on another history of timeline {Timeline} than its own"));
        }

        var end = Math.Min(source.Wal.Count, Wal.Count + count);
        for (var next = Wal.Count; next < end; next++)
        {
            Wal.Add(source.Wal[next]);
        }

        for (var next = History.Count; next < source.History.Count && source.History[next].Begin <= Wal.Count; next++)
        {
            History.Add(source.History[next]);
        }

        Reign = Timeline == source.Timeline ? source.Reign : Reign;
    }

    public void Promote(int record, int reign)
    {
        History.Add((Timeline + 1, Wal.Count));
        Wal.Add(record);
        (IsReplica, Upstream, Reign) = (false, null, reign);
    }

    private int? EndOf(uint timeline)
    {
        for (var index = 0; index < History.Count; index++)
        {
            if (History[index].Timeline == timeline)
            {
                return index + 1 < History.Count ? History[index + 1].Begin : Wal.Count;
            }
        }

        return null;
    }
}
