using PgAspire.SampleApi.Clusters;

namespace PgAspire.Tests.SampleApi;

public class RendezvousTests
{
    private const int Keys = 20_000;

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(8)]
    [InlineData(31)]
    public void OneNodeMoreTakesItsShareAndMovesNoOtherKey(int nodes)
    {
        var before = new Rendezvous(Names(nodes));
        var after = new Rendezvous(Names(nodes + 1));
        var moved = 0;
        foreach (var key in CustomerNames())
        {
            var (old, now) = (before.Choose(key), after.Choose(key));
            Assert.True(now == old || now == nodes, $"{key} moved from {old} to {now}, which is not the new node");
            moved += now == old ? 0 : 1;
        }

        var expected = Keys / (nodes + 1.0);
        Assert.InRange(moved, expected * 0.85, expected * 1.15);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(10)]
    public void EveryNodeHasAboutTheSameNumberOfKeys(int nodes)
    {
        var rendezvous = new Rendezvous(Names(nodes));
        var counts = CustomerNames().CountBy(rendezvous.Choose).ToDictionary();
        Assert.Equal(nodes, counts.Count);
        Assert.All(counts.Values, count => Assert.InRange(count, Keys * 0.9 / nodes, Keys * 1.1 / nodes));
    }

    [Fact]
    public void TheOrderOfTheNodesDoesNotMatter()
    {
        string[] names = [.. Names(5)];
        string[] reversed = [.. names.Reverse()];
        var (first, second) = (new Rendezvous(names), new Rendezvous(reversed));
        Assert.All(CustomerNames().Take(500), key => Assert.Equal(names[first.Choose(key)], reversed[second.Choose(key)]));
    }

    // Stored data depends on these: a change of the hash would make every customer move.
    [Theory]
    [InlineData("alice", "pg8")]
    [InlineData("bob", "pg13")]
    [InlineData("Zoë 🦊", "pg14")]
    [InlineData("", "pg1")]
    public void TheChoiceIsTheSameInEveryProcessAndVersion(string key, string expected)
    {
        string[] names = [.. Names(16)];
        Assert.Equal(expected, names[new Rendezvous(names).Choose(key)]);
    }

    [Fact]
    public void AKeyOfAnyLengthIsTaken()
        => Assert.InRange(new Rendezvous(Names(3)).Choose(new string('ü', 100_000)), 0, 2);

    private static IEnumerable<string> Names(int count) => Enumerable.Range(1, count).Select(number => $"pg{number}");

    private static IEnumerable<string> CustomerNames() => Enumerable.Range(0, Keys).Select(number => $"customer-{number}");
}
