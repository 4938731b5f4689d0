namespace PgAspire.Tests.Failover.Simulation;

/// <summary>The servers, the network between them, and clients that write to whatever takes writes.</summary>
internal sealed class SimulatedCluster
{
    private readonly Random _random;
    private int _lastRecord;

    public SimulatedCluster(int instances, int quorum, Random random, Action<string> trace)
    {
        (_random, Quorum, Trace) = (random, quorum, trace);
        Ledger = new(() => Quorum);
        for (var ordinal = 1; ordinal <= instances; ordinal++)
        {
            Servers.Add(new(ordinal));
        }

        Servers[0].Data = new();
        Servers[0].Start(0, recovery: 1, isStranger: false);
    }

    public List<SimulatedServer> Servers { get; } = [];

    public Ledger Ledger { get; }

    /// <summary>What is declared.</summary>
    public int Quorum { get; set; }

    public int Now { get; private set; }

    public Action<string> Trace { get; }

    /// <summary>Told of every moment that a fault may wait for.</summary>
    public Action<Moment> Happened { get; set; } = _ => { };

    /// <summary>Told of a promotion.</summary>
    public Action<SimulatedServer> Promoted { get; set; } = _ => { };

    public SimulatedServer this[int ordinal] => Servers[ordinal - 1];

    public int Between(int least, int most) => _random.Next(least, most + 1);

    public bool Chance(int oneIn) => _random.Next(oneIn) == 0;

    /// <summary>Whose data were lost, or discarded to be copied anew, since the cluster was last whole.</summary>
    public HashSet<int> Missing { get; } = [];

    /// <summary>The claim is about no more of them at a time than commits wait for.</summary>
    public void Miss(SimulatedServer server)
    {
        server.Kill();
        server.Data = null;
        Missing.Add(server.Ordinal);
        if (Missing.Count <= Quorum)
        {
            Ledger.IsOn(Servers);
        }
    }

    public void Tick()
    {
        Now++;
        // One may be added on the way.
        for (var ordinal = 1; ordinal <= Servers.Count; ordinal++)
        {
            var server = this[ordinal];
            if (!server.IsRunning || server.Hangs(Now))
            {
                continue;
            }

            if (server.Data!.IsReplica)
            {
                Stream(server);
            }

            if (server.PromotesAt <= Now && server.Answers(Now))
            {
                server.PromotesAt = null;
                server.Data.Promote(++_lastRecord, Ledger.NextReign());
                server.StreamsFrom = 0;
                Trace($"{server} was promoted");
                Promoted(server);
                Happened(Moment.Promoted);
                continue;
            }

            if (server.StopsBy is { } latest && (latest <= Now || HasSentAll(server)))
            {
                server.Kill();
                Trace($"{server} has stopped");
            }
        }

        Write();
        foreach (var server in Servers)
        {
            Acknowledge(server);
        }
    }

    /// <summary>What a client may do.</summary>
    private void Write()
    {
        var server = Servers[_random.Next(Servers.Count)];
        if (server.TakesWrites(Now) && Now >= server.UnreachableUntil && server.Waiting.Count < 4)
        {
            server.Data!.Wal.Add(++_lastRecord);
            server.Waiting.Enqueue((server.Data.Wal.Count, _lastRecord));
        }
    }

    private void Acknowledge(SimulatedServer server)
    {
        while (server.Waiting.Count > 0 && server.TakesWrites(Now))
        {
            var (lsn, record) = server.Waiting.Peek();
            var (needed, confirmed) = (server.Data!.Quorum, 0);
            foreach (var replica in Servers)
            {
                confirmed += replica.StreamsFrom == server.Ordinal && replica.Confirmed >= lsn && needed.Among.Contains(replica.Ordinal) ? 1 : 0;
            }

            if (confirmed < needed.Count)
            {
                return;
            }

            server.Waiting.Dequeue();
            Ledger.Acknowledge(server, lsn, record);
        }
    }

    private void Stream(SimulatedServer replica)
    {
        var data = replica.Data!;
        var source = data.Upstream is { } upstream && upstream <= Servers.Count ? this[upstream] : null;
        if (source is null || !CanReach(replica, source) || !source.Data!.Slots.Contains(replica.Ordinal) || !data.CanStreamFrom(source.Data) || Now < replica.RecoversUntil)
        {
            // What was under way when the sender fell silent still arrives; nobody is told.
            if (replica.StreamsFrom != 0 && replica.StreamsFrom == source?.Ordinal && source.Data is { } sent && Now < replica.InFlight.Until && data.CanStreamFrom(sent) && Chance(2))
            {
                data.Receive(sent, Math.Min(1, replica.InFlight.Lsn - data.Wal.Count));
                return;
            }

            replica.StreamsFrom = source is { IsRunning: true } && source.Hangs(Now) ? replica.StreamsFrom : 0;
            replica.Confirmed = 0;
            return;
        }

        if (replica.StreamsFrom != source.Ordinal)
        {
            (replica.StreamsFrom, replica.Confirmed) = (Chance(3) ? source.Ordinal : 0, 0);
            return;
        }

        replica.InFlight = (source.Data.Wal.Count, Now + 8);
        if (Now >= replica.LagsUntil)
        {
            data.Receive(source.Data, Between(0, 3));
            replica.Confirmed = Chance(4) ? replica.Confirmed : data.Wal.Count;
            replica.SettlesAt = Math.Min(replica.SettlesAt, Now);
        }
    }

    private bool CanReach(SimulatedServer replica, SimulatedServer source) =>
        source.IsRunning && !source.Hangs(Now) && Now >= source.RecoversUntil && source.Data!.IsConsistent && Now >= source.ApartUntil && Now >= replica.ApartUntil;

    /// <summary>A server that shuts down waits for the replicas that stream.</summary>
    private bool HasSentAll(SimulatedServer server) =>
        Servers.TrueForAll(replica => replica.StreamsFrom != server.Ordinal || replica.Confirmed == server.Data!.Wal.Count);
}
