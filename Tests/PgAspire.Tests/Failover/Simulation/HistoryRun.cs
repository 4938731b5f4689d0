using System.Globalization;
using System.Text;
using PgAspire.Postgres.Failover;

namespace PgAspire.Tests.Failover.Simulation;

/// <summary>One history from its beginning until the cluster is whole again, or is known not to become so.</summary>
internal sealed class HistoryRun
{
    /// <summary>When the last fault has happened.</summary>
    public const int Faulty = 600;

    private const int Patience = 1600;
    private const int Longest = 60;
    private readonly SimulatedCluster _cluster;
    private readonly List<Fault> _pending;
    private readonly StringBuilder? _trace;
    private readonly HashSet<int> _lost = [];
    private FailoverRules _rules;
    private SimulatedSupervisor? _supervisor;
    private ClusterMemory _memory;
    private int _supervisorBackAt = 1;
    private bool _mayLose;
    private bool _wasWhole;
    private bool _wasDamaged;
    private bool _isHappening;

    private HistoryRun(History history, bool trace)
    {
        _trace = trace ? new() : null;
        _rules = new()
        {
            Quorum = history.Quorum,
            UnresponsiveAfter = TimeSpan.FromSeconds(2),
            ElectionPatience = TimeSpan.FromSeconds(1),
            StalledAfter = TimeSpan.FromSeconds(2),
            LargestLag = 20,
        };
        _cluster = new(history.Instances, history.Quorum, new Random(history.Seed), Trace) { Happened = Happened };
        _cluster.Promoted = server => _cluster.Ledger.Promoted(server, _mayLose);
        _pending = [.. history.Faults.OrderBy(fault => fault.At)];
        _memory = new() { Primary = 1 };
    }

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

    private Outcome Run()
    {
        var standing = 0;
        while (true)
        {
            _cluster.Tick();
            if (_cluster.Now < Faulty)
            {
                _isHappening = false;
                Happened(Moment.Any);
            }

            Supervise();
            var isWhole = IsWhole();
            if (isWhole)
            {
                _lost.Clear();
                _cluster.Missing.Clear();
                (_wasWhole, _cluster.Ledger.IsQuorumDue) = (true, true);
            }

            standing = _supervisor?.Problem is null ? 0 : standing + 1;
            if (_cluster.Now < Faulty + Longest)
            {
                continue;
            }

            if (isWhole || (standing > 100 && _wasDamaged))
            {
                return new(_cluster.Ledger.Count, _cluster.Ledger.Lost, _memory.Term, isWhole);
            }

            if (_cluster.Now > Faulty + Longest + Patience)
            {
                throw new BrokenInvariantException(standing == 0 ? "the cluster does not become whole, and nobody is told" : $"nothing was lost, but: {_supervisor!.Problem!.Message}");
            }
        }
    }

    private void Supervise()
    {
        if (_supervisor is null && _cluster.Now >= _supervisorBackAt)
        {
            Trace("a supervisor starts");
            _supervisor = new(_cluster, _memory, _rules);
        }

        _supervisor?.Act();
        Keep();
    }

    private void Keep()
    {
        if (_supervisor is not null)
        {
            _memory = _supervisor.Memory;
        }
    }

    private bool IsWhole()
    {
        var primary = _cluster[_memory.Primary];
        return _memory is { Promoting: false, FormingFrom: null, SwitchoverTo: null } && _memory.Quorum == _rules.Quorum && _memory.Voters.Count == _cluster.Servers.Count
            && primary.TakesWrites(_cluster.Now)
            && _cluster.Servers.TrueForAll(server => server == primary || (server.StreamsFrom == primary.Ordinal && server.Answers(_cluster.Now) && server.Confirmed + 3 > primary.Data!.Wal.Count))
            && (primary.Waiting.Count == 0 || primary.Waiting.Peek().Lsn > primary.Data!.Wal.Count - 3);
    }

    /// <summary>Lets faults that wait for this moment happen, one after another.</summary>
    private void Happened(Moment moment)
    {
        if (moment == Moment.Elected)
        {
            _previous = _memory.Primary;
            _mayLose = _memory.Quorum == 0;
            Keep();
        }
        else if (moment == Moment.Remembered)
        {
            Keep();
        }

        if (_isHappening || _cluster.Now >= Faulty)
        {
            return;
        }

        _isHappening = true;
        for (var index = 0; index < _pending.Count && _pending[index].At <= _cluster.Now; index++)
        {
            if (_pending[index].When == moment)
            {
                var fault = _pending[index];
                _pending.RemoveAt(index--);
                Strike(fault);
            }
        }

        _isHappening = false;
    }

    private int _previous = 1;

    private void Strike(Fault fault)
    {
        var server = fault.Target switch
        {
            0 => _cluster[_memory.Primary],
            1 => _cluster[_previous],
            _ => _cluster.Servers[fault.Target % _cluster.Servers.Count],
        };
        var until = _cluster.Now + Math.Min(fault.Length, Longest);
        Trace($"*** {fault.Kind} of {server} for {fault.Length}");
        switch (fault.Kind)
        {
            case FaultKind.Crash:
                server.Kill();
                break;
            case FaultKind.Hang when server.IsRunning:
                server.HangsUntil = until;
                break;
            case FaultKind.LoseData when MayLose(server):
                _cluster.Miss(server);
                break;
            case FaultKind.FailToStart:
                server.StartsToFail = 1 + (fault.Length % 4);
                break;
            case FaultKind.StartSlowly:
                server.SlowUntil = until;
                break;
            case FaultKind.StartByStranger:
                StartAsIs(server);
                break;
            case FaultKind.StartAllByStranger:
                _cluster.Servers.ForEach(StartAsIs);
                break;
            case FaultKind.HideFromSupervisor:
                server.UnseenUntil = until;
                break;
            case FaultKind.CutFromPeers:
                server.ApartUntil = until;
                break;
            case FaultKind.CutFromClients:
                server.UnreachableUntil = until;
                break;
            case FaultKind.Lag:
                server.LagsUntil = until;
                break;
            case FaultKind.PowerCut:
                _cluster.Servers.ForEach(each => each.Kill());
                KillSupervisor(until);
                break;
            case FaultKind.KillSupervisor:
                KillSupervisor(until);
                break;
            case FaultKind.Switchover when _supervisor is not null:
                _supervisor.WantedSwitchover = server.Ordinal;
                break;
            case FaultKind.Redeclare when _lost.Count == 0:
                Declare(fault.Length % Math.Min(3, _cluster.Servers.Count), until);
                break;
            case FaultKind.AddInstance when _lost.Count == 0 && _cluster.Servers.Count < 5:
                _cluster.Servers.Add(new(_cluster.Servers.Count + 1));
                Declare(_rules.Quorum, until);
                break;
        }
    }

    /// <summary>The claim is about clusters that lose no more at a time than commits wait for, and one where they wait for none.</summary>
    private bool MayLose(SimulatedServer server)
    {
        if (!_wasWhole || (!_lost.Contains(server.Ordinal) && _lost.Count >= Math.Max(1, _rules.Quorum)))
        {
            return false;
        }

        _wasDamaged = true;
        return _lost.Add(server.Ordinal) || true;
    }

    private void StartAsIs(SimulatedServer server)
    {
        if (server is { IsRunning: false, Data: not null, StartsToFail: 0 })
        {
            server.Start(_cluster.Now, _cluster.Between(1, 6), isStranger: true);
        }
    }

    private void Declare(int quorum, int until)
    {
        KillSupervisor(until);
        _rules = _rules with { Quorum = quorum };
        (_cluster.Quorum, _wasWhole, _cluster.Ledger.IsQuorumDue) = (quorum, false, false);
        if (quorum == 0)
        {
            _cluster.Ledger.Release();
        }
    }

    private void KillSupervisor(int until)
    {
        Keep();
        if (_supervisor is not null)
        {
            _supervisor.IsKilled = true;
        }

        (_supervisor, _supervisorBackAt) = (null, until);
    }

    private void Trace(string line) => _trace?.AppendLine(CultureInfo.InvariantCulture, $"{_cluster?.Now,5} {line,-100} | {string.Join(", ", _cluster?.Servers ?? [])}");
}

/// <summary>How a history ended.</summary>
/// <param name="Acknowledged">Writes that clients were told are safe.</param>
/// <param name="Lost">Those of them that were lost where that may happen.</param>
/// <param name="Terms">How often the primary changed, and one.</param>
/// <param name="IsWhole">Whether the cluster became whole again; otherwise somebody was told why not.</param>
internal sealed record Outcome(long Acknowledged, long Lost, long Terms, bool IsWhole);
