using PgAspire.Postgres.Supervision;
using PgAspire.Tests.Support;

namespace PgAspire.Tests.Postgres.Supervision;

public sealed class SupervisorEventFileTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void AClustersEventsAreReadBackFromAMomentOn()
    {
        using var folder = new TemporaryFolder();
        var file = new SupervisorEventFile(folder.Of("events.jsonl"));
        Assert.Empty(file.Since(Start, "pg1"));
        SupervisorEvent[] events = [Event(0, "pg1"), Event(1, "pg1"), Event(2, "pg2"), Event(3, "pg1")];
        Array.ForEach(events, file.Append);
        Assert.Equal([events[1], events[3]], file.Since(Start.AddSeconds(1), "pg1"));
    }

    [Fact]
    public void ItDoesNotGrowWithoutBound()
    {
        using var folder = new TemporaryFolder();
        var file = new SupervisorEventFile(folder.Of("events.jsonl"));
        for (var second = 0; second < 40; second++)
        {
            file.Append(Event(second, "pg1") with { Message = new string('x', 100_000) });
        }

        Assert.InRange(Directory.EnumerateFiles(folder.FullPath).Sum(path => new FileInfo(path).Length), 1_000_000, 2_500_000);
        Assert.Equal(Start.AddSeconds(39), file.Since(Start, "pg1")[^1].Time);
    }

    private static SupervisorEvent Event(int second, string cluster) => new(Start.AddSeconds(second), cluster, null, "whole", "m", TimeSpan.FromMilliseconds(5));
}
