using System.Globalization;
using System.Text;
using PgAspire.Postgres.Failover;

namespace PgAspire.Tests.Failover.Simulation;

/// <summary>One history from its beginning until the cluster is whole again, or is known not to become so.</summary>
internal sealed class HistoryRun
{
    /// <summary>When the last fault has happened.</summary>
    public const int Faulty = 600;

    /// <summary>For how long a fault lasts at most.</summary>
    public const int Longest = 60;

    private const int Patience = 1600;
    private readonly FaultInjection _faults;
    private readonly StringBuilder? _trace;
    private SimulatedSupervisor? _supervisor;
    private int _supervisorBackAt = 1;
    private bool _mayLose;

    private HistoryRun(History history, bool trace)
    {
        _trace = trace ? new() : null;
        Rules = new()
        {
            Quorum = history.Quorum,
            UnresponsiveAfter = TimeSpan.FromSeconds(2),
            ElectionPatience = TimeSpan.FromSeconds(1),
            StalledAfter = TimeSpan.FromSeconds(2),
            RecoveryPatience = TimeSpan.FromSeconds(10),
            LargestLag = 20,
        };
        Cluster = new(history.Instances, history.Quorum, new Random(history.Seed), Trace) { Happened = Happened };
        Cluster.Promoted = server => Cluster.Ledger.Promoted(server, _mayLose);
        _faults = new(this, history.Faults);
    }

    public SimulatedCluster Cluster { get; }

    public FailoverRules Rules { get; private set; }

    /// <summary>What is on disk, and all that a new supervisor knows.</summary>
    public ClusterMemory Memory { get; private set; } = new() { Primary = 1 };

    /// <summary>The primary before the last election.</summary>
    public int Previous { get; private set; } = 1;

    /// <summary>Whether it was whole under what is declared now.</summary>
    public bool WasWhole { get; private set; }

    /// <summary>Runs it.</summary>
    /// <returns>How it ended.</returns>
    /// <exception cref="BrokenInvariantException">What may never happen did, with everything that led to it.</exception>
    public static Outcome Run(History history)
    {
        try
        {
            return new HistoryRun(history, trace: false).Run();
        }
        catch (BrokenInvariantException)
        {
            var again = new HistoryRun(history, trace: true);
            try
            {
                return again.Run();
            }
            catch (BrokenInvariantException exception)
            {
                throw new BrokenInvariantException($"{exception.Message}\n{history}\n{again._trace}");
            }
        }
    }

    public void AskForSwitchover(int target) => _supervisor?.WantedSwitchover = target;

    /// <summary>Ends the supervisor in the middle of whatever it does.</summary>
    public void KillSupervisor(int until)
    {
        Keep();
        _supervisor?.IsKilled = true;
        (_supervisor, _supervisorBackAt) = (null, until);
    }

    /// <summary>Another quorum, or as many servers as there are now, under a new supervisor.</summary>
    public void Declare(int quorum, int until)
    {
        KillSupervisor(until);
        Rules = Rules with { Quorum = quorum };
        (Cluster.Quorum, WasWhole, Cluster.Ledger.IsQuorumDue) = (quorum, false, false);
        if (quorum == 0)
        {
            Cluster.Ledger.Release();
        }
    }

    public void Trace(string line) => _trace?.AppendLine(CultureInfo.InvariantCulture, $"{Cluster?.Now,5} {line,-100} | {string.Join(", ", Cluster?.Servers ?? [])}");

    private Outcome Run()
    {
        var standing = 0;
        while (true)
        {
            Cluster.Tick();
            _faults.Happened(Moment.Any);
            Supervise();
            var isWhole = IsWhole();
            if (isWhole)
            {
                Cluster.Missing.Clear();
                _faults.Mended();
                (WasWhole, Cluster.Ledger.IsQuorumDue) = (true, true);
            }

            standing = _supervisor?.Problem is null ? 0 : standing + 1;
            if (Cluster.Now < Faulty + Longest)
            {
                continue;
            }

            if (isWhole || (standing > 100 && _faults.HaveLostData))
            {
                return new(Cluster.Ledger.Count, Cluster.Ledger.Lost, Memory.Term, isWhole);
            }

            if (Cluster.Now > Faulty + Longest + Patience)
            {
                throw new BrokenInvariantException(
                    standing == 0 ? "the cluster does not become whole, and nobody is told" : $"nothing was lost, but: {_supervisor!.Problem!.Message}");
            }
        }
    }

    private void Supervise()
    {
        if (_supervisor is null && Cluster.Now >= _supervisorBackAt)
        {
            Trace("a supervisor starts");
            _supervisor = new(Cluster, Memory, Rules);
        }

        _supervisor?.Act();
        Keep();
    }

    private void Keep() => Memory = _supervisor?.Memory ?? Memory;

    private bool IsWhole()
    {
        var primary = Cluster[Memory.Primary];
        return Memory is { Promoting: false, FormingFrom: null, SwitchoverTo: null } && Memory.Quorum == Rules.Quorum && Memory.Voters.Count == Cluster.Servers.Count
            && primary.TakesWrites(Cluster.Now)
            && Cluster.Servers.TrueForAll(server => server == primary || (server.StreamsFrom == primary.Ordinal && server.Answers(Cluster.Now) && server.Confirmed + 3 > primary.Data!.Wal.Count))
            && (primary.Waiting.Count == 0 || primary.Waiting.Peek().Lsn > primary.Data!.Wal.Count - 3);
    }

    private void Happened(Moment moment)
    {
        if (moment == Moment.Elected)
        {
            (Previous, _mayLose) = (Memory.Primary, Memory.Quorum == 0);
        }

        if (moment is Moment.Elected or Moment.Remembered)
        {
            Keep();
        }

        _faults.Happened(moment);
    }
}
