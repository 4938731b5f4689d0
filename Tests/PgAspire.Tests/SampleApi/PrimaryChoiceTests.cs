using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using PgAspire.SampleApi.Replication;

namespace PgAspire.Tests.SampleApi;

public class PrimaryChoiceTests
{
    [Fact]
    public void OfTwoThatCallThemselvesPrimaryTheLaterPromotedIsTaken() => Assert.Equal("b2", Choose(null, "a1", "b2", "c-"));

    [Fact]
    public void ReplicasAloneAreNoPrimary() => Assert.Null(Choose(null, "a-", "b-"));

    [Fact]
    public void TheKnownOneStays() => Assert.Equal("a1", Choose("a1", "a1", "b-"));

    [Fact]
    public void APromotedOneIsTakenThoughTheKnownOneAnswers() => Assert.Equal("b2", Choose("a1", "a1", "b2"));

    [Fact]
    public void OneThatWasGivenUpIsNeverTakenAgain() => Assert.Null(Choose("b2", "a1", "c-"));

    [Fact]
    public void TheKnownOneOnALaterTimelineIsTakenAnew() => Assert.Equal("a3", Choose("a1", "a3", "b-"));

    [Fact]
    public void DataMadeAnewAreTakenOnceTheKnownOneIsGone()
    {
        Assert.Equal("b2", Choose("b2", "a1*", "b2"));
        Assert.Equal("a1*", Choose("b2", "a1*", "c-"));
    }

    [Fact]
    public void AConnectionStringsHostsAreItsInstances()
    {
        var instances = InstanceSources.Create(
            "pg1", new NpgsqlConnectionStringBuilder("Host=a, b:1,[::1]:2,::1;Port=5433;Target Session Attributes=primary"), NullLoggerFactory.Instance);
        Assert.Equal(["a:5433", "b:1", "::1:2", "::1:5433"], instances.Select(instance => instance.Address));
    }

    // An instance by letter, its timeline, - for a replica, and * for another system.
    private static string? Choose(string? known, params IReadOnlyList<string> answers) => PrimaryChoice.From(known, answers, answer => new(
        answer.EndsWith('*') ? 2 : 1, answer[1] == '-' ? null : answer[1] - '0'));
}
