namespace PgAspire.Tests.Failover.Simulation;

/// <summary>One instance: its process, its data, and the faults that it suffers from. Times are ticks of the simulated clock.</summary>
internal sealed class SimulatedServer(int ordinal)
{
    public int Ordinal => ordinal;

    public SimulatedData? Data { get; set; }

    public bool IsRunning { get; private set; }

    public bool IsStrangers { get; private set; }

    public int StartedAt { get; private set; }

    /// <summary>Commits that wait for replicas, by their LSN.</summary>
    public Queue<(int Lsn, int Record)> Waiting { get; } = [];

    public int RecoversUntil { get; private set; }

    /// <summary>From when on it knows how much WAL it has.</summary>
    public int SettlesAt { get; set; }

    /// <summary>When it becomes a primary, whether or not who asked for it is still there; null for never.</summary>
    public int? PromotesAt { get; set; }

    /// <summary>When it stops at the latest; null where it was not asked to.</summary>
    public int? StopsBy { get; set; }

    /// <summary>Who sends it WAL; 0 for nobody.</summary>
    public int StreamsFrom { get; set; }

    /// <summary>What the sender knows that it has.</summary>
    public int Confirmed { get; set; }

    /// <summary>How much was sent and may still arrive after the sender is gone, and until when.</summary>
    public (int Lsn, int Until) InFlight { get; set; }

    public int FailedStarts { get; private set; }

    // Faults.
    public int HangsUntil { get; set; }

    public int UnseenUntil { get; set; }

    public int ApartUntil { get; set; }

    public int UnreachableUntil { get; set; }

    public int LagsUntil { get; set; }

    public int SlowUntil { get; set; }

    public int StartsToFail { get; set; }

    public bool Hangs(int now) => now < HangsUntil;

    public bool IsBetween(int now) => IsRunning && (now < RecoversUntil || StopsBy is not null || !Data!.IsConsistent);

    /// <summary>Whether it answers, to those that can reach it.</summary>
    public bool Answers(int now) => IsRunning && !Hangs(now) && !IsBetween(now);

    public bool TakesWrites(int now) => Answers(now) && !Data!.IsReplica;

    /// <summary>Starts it on its data as they are.</summary>
    public void Start(int now, int recovery, bool isStranger)
    {
        if (Data is null || StartsToFail > 0)
        {
            StartsToFail = Math.Max(0, StartsToFail - 1);
            FailedStarts++;
            throw new StepFailedException(Data is null ? "there are no data" : "the start fails");
        }

        (IsRunning, IsStrangers, StartedAt, FailedStarts) = (true, isStranger, now, 0);
        RecoversUntil = now + (now < SlowUntil ? 4 * recovery : recovery);
        SettlesAt = RecoversUntil + recovery;
    }

    /// <summary>It is gone at once.</summary>
    public void Kill()
    {
        (IsRunning, PromotesAt, StopsBy, StreamsFrom, Confirmed, HangsUntil) = (false, null, null, 0, 0, 0);
        Waiting.Clear();
    }

    public override string ToString() => Data is null
        ? $"{ordinal}:none"
        : $"{ordinal}:{(IsRunning ? "" : "off ")}{(Data.IsReplica ? $"replica of {Data.Upstream}" : "primary")} {Data.Timeline}/{Data.Wal.Count}{(Data.Quorum.Count > 0 ? $" ({Data.Quorum.Text})" : "")}";
}
