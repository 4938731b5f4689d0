using PgAspire.Postgres.Failover;

namespace PgAspire.Tests.Failover.Simulation;

/// <summary>What a supervisor knows of one instance; it is lost with the supervisor.</summary>
internal sealed class InstanceView(SimulatedCluster cluster, SimulatedServer server)
{
    private const int Heartbeat = 20;
    private const int AskPatience = 20;
    private ServerAnswer? _answer;
    private ServerAnswer? _lastAnswer;
    private int _answeredAt;
    private int _silentSince = cluster.Now;
    private int? _stalledSince;
    private int? _goneSince;
    private int? _unansweredSince;
    private int? _betweenSince;
    private bool _seenRunning = server.IsRunning;
    private int _nextAsk;
    private int _work;

    /// <summary>Whether something is being done to it: a fence, and what it did not wait for, both have to be over.</summary>
    public bool IsBusy => _work > 0;

    public int FailedStarts { get; set; }

    public bool IsNews { get; set; } = true;

    public SimulatedServer Server => server;

    public void Begin() => _work++;

    public void End() => _work--;

    public void Tick()
    {
        if (_seenRunning != server.IsRunning && cluster.Chance(2))
        {
            Look();
        }

        if (cluster.Now >= _nextAsk)
        {
            Ask();
        }
    }

    public void Look()
    {
        IsNews |= _seenRunning != server.IsRunning;
        _seenRunning = server.IsRunning;
        if (!_seenRunning)
        {
            (_answer, _betweenSince, _stalledSince) = (null, null, null);
            _goneSince ??= cluster.Now;
        }
        else
        {
            _silentSince = _goneSince is null ? _silentSince : cluster.Now;
            _goneSince = null;
        }
    }

    public void Ask()
    {
        Look();
        _nextAsk = cluster.Now + (_answer is null ? 1 : Heartbeat);
        if (!server.IsRunning)
        {
            _unansweredSince = null;
            return;
        }

        if (server.Hangs(cluster.Now) || cluster.Now < server.UnseenUntil)
        {
            // A server that hangs lets a question wait until the supervisor gives it up.
            _unansweredSince ??= cluster.Now;
            _nextAsk = cluster.Now + 1;
            if (cluster.Now >= _unansweredSince + AskPatience)
            {
                (IsNews, _answer, _betweenSince, _stalledSince) = (IsNews || _answer is not null, null, null, null);
            }

            return;
        }

        _unansweredSince = null;
        if (server.IsBetween(cluster.Now))
        {
            IsNews |= _answer is not null || _betweenSince is null;
            (_answer, _betweenSince, _stalledSince, _silentSince) = (null, _betweenSince ?? cluster.Now, null, cluster.Now);
            return;
        }

        var answer = Answer();
        IsNews |= _answer is null || _answer with { Flushed = answer.Flushed } != answer;
        (_answer, _lastAnswer, _answeredAt, _betweenSince, _silentSince) = (answer, answer, cluster.Now, null, cluster.Now);
        _stalledSince = answer is { InRecovery: true, IsStreaming: false } ? _stalledSince ?? cluster.Now : null;
        FailedStarts = answer is { InRecovery: true, IsStreaming: false } ? FailedStarts : 0;
    }

    public InstanceObservation Observe() => new(server.Ordinal)
    {
        HasData = server.Data is not null,
        IsRunning = _seenRunning,
        IsBetween = _betweenSince is not null,
        BetweenFor = _betweenSince is { } between ? Since(between) : TimeSpan.Zero,
        Answer = _answer,
        LastAnswer = _lastAnswer,
        AnswerAge = _answer is null ? TimeSpan.Zero : Since(_answeredAt),
        SilentFor = _seenRunning && _answer is null && _betweenSince is null ? Since(_silentSince) : TimeSpan.Zero,
        StalledFor = _stalledSince is { } stalled ? Since(stalled) : TimeSpan.Zero,
        GoneFor = _goneSince is { } gone ? Since(gone) : TimeSpan.Zero,
        FailedStarts = FailedStarts,
        IsBusy = IsBusy,
    };

    private ServerAnswer Answer()
    {
        var data = server.Data!;
        var isSettled = !data.IsReplica || cluster.Now >= server.SettlesAt;
        var flushed = isSettled ? data.Wal.Count : cluster.Between(0, data.Wal.Count);
        return new(
            data.IsReplica, data.Timeline, new((ulong)flushed), isSettled, data.Upstream, server.StreamsFrom != 0, data.Quorum.Text, data.Slots);
    }

    private TimeSpan Since(int tick) => SimulatedSupervisor.Tick * (cluster.Now - tick);
}
