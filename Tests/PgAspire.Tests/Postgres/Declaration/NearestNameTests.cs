using CsCheck;
using PgAspire.Postgres.Declaration;
using PgAspire.Tests.Support;

namespace PgAspire.Tests.Postgres.Declaration;

public sealed class NearestNameTests
{
    private static readonly string[] Known = ["name", "version", "clusters", "instances", "initScripts"];

    [Theory]
    [InlineData("clusters", "clusters")]
    [InlineData("CLUSTERS", "clusters")]
    [InlineData("cluster", "clusters")]
    [InlineData("clutsers", "clusters")]
    [InlineData("instance", "instances")]
    [InlineData("verison", "version")]
    [InlineData("init-scripts", "initScripts")]
    [InlineData("replicas", null)]
    [InlineData("", null)]
    public void TheNearestIsWhatWasMeant(string name, string? expected) => Assert.Equal(expected, NearestName.Of(name, Known));

    [Fact]
    public void NothingIsNearToNothing() => Assert.Null(NearestName.Of("name", []));

    [Fact]
    public void OneLetterTooManyOrTooFewIsAlwaysFound() =>
        Gen.Select(Generate.AnyOf(Known), Gen.Int[0, 100], Gen.Char.AlphaNumeric, Gen.Bool).Sample((known, place, letter, insert) =>
        {
            var at = place % known.Length;
            var wrong = insert ? known.Insert(at, letter.ToString()) : known.Remove(at, 1);
            return NearestName.Of(wrong, Known) == known;
        });
}
