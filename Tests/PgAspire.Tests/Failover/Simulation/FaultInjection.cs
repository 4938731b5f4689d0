namespace PgAspire.Tests.Failover.Simulation;

/// <summary>Has the faults of a history happen at their moments.</summary>
internal sealed class FaultInjection(HistoryRun run, IEnumerable<Fault> faults)
{
    private readonly SimulatedCluster _cluster = run.Cluster;
    private readonly List<Fault> _pending = [.. faults.OrderBy(fault => fault.At)];
    private readonly HashSet<int> _lost = [];
    private bool _isHappening;

    /// <summary>Whether somebody may have to be told that the cluster cannot be mended.</summary>
    public bool HaveLostData { get; private set; }

    /// <summary>The cluster is whole: what is lost from now on is counted anew.</summary>
    public void Mended() => _lost.Clear();

    /// <summary>Lets those happen that wait for this moment; what they bring about is no moment for others.</summary>
    public void Happened(Moment moment)
    {
        if (_isHappening || _cluster.Now >= HistoryRun.Faulty)
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

    private void Strike(Fault fault)
    {
        var server = fault.Target switch
        {
            0 => _cluster[run.Memory.Primary],
            1 => _cluster[run.Previous],
            _ => _cluster.Servers[fault.Target % _cluster.Servers.Count],
        };
        var until = _cluster.Now + Math.Min(fault.Length, HistoryRun.Longest);
        run.Trace($"*** {fault.Kind} of {server.Ordinal} for {fault.Length}");
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
                run.KillSupervisor(until);
                break;
            case FaultKind.KillSupervisor:
                run.KillSupervisor(until);
                break;
            case FaultKind.Switchover:
                run.AskForSwitchover(server.Ordinal);
                break;
            case FaultKind.Redeclare when _lost.Count == 0:
                run.Declare(fault.Length % Math.Min(3, _cluster.Servers.Count), until);
                break;
            case FaultKind.AddInstance when _lost.Count == 0 && _cluster.Servers.Count < 5:
                _cluster.Servers.Add(new(_cluster.Servers.Count + 1));
                run.Declare(run.Rules.Quorum, until);
                break;
        }
    }

    /// <summary>The claim is about clusters that lose no more at a time than commits wait for, and one where they wait for none.</summary>
    private bool MayLose(SimulatedServer server)
    {
        if (!run.WasWhole || (!_lost.Contains(server.Ordinal) && _lost.Count >= Math.Max(1, run.Rules.Quorum)))
        {
            return false;
        }

        _lost.Add(server.Ordinal);
        HaveLostData = true;
        return true;
    }

    private void StartAsIs(SimulatedServer server)
    {
        if (server is { IsRunning: false, Data: not null, StartsToFail: 0 })
        {
            server.Start(_cluster.Now, _cluster.Between(1, 6), isStranger: true);
        }
    }
}
