using PgAspire.Postgres.Containers;

namespace PgAspire.Tests.Postgres.Containers;

public sealed class ImageTests
{
    [Theory]
    [InlineData("18", 18)]
    [InlineData("18.6", 18)]
    [InlineData("17.12-trixie", 17)]
    [InlineData("18-alpine", 18)]
    [InlineData("latest", null)]
    [InlineData("alpine3.22", null)]
    [InlineData("18beta1", null)]
    [InlineData("", null)]
    public void ATagNamesItsMajorVersion(string tag, int? major) => Assert.Equal(major, ImageVersion.MajorOf(tag));

    [Theory]
    [InlineData(17, "/var/lib/postgresql/data", "/var/lib/postgresql/data")]
    [InlineData(18, "/var/lib/postgresql", "/var/lib/postgresql/18/docker")]
    public void TheDataPathFollowsTheMajorVersion(int major, string mount, string data) =>
        Assert.Equal(new DataPath(mount, data), DataPath.For(major));

    [Theory]
    [InlineData(17, "/var/lib/postgresql", true)]
    [InlineData(17, "/var/lib/postgresql/data/", false)]
    [InlineData(18, "/var/lib/postgresql/data", true)]
    [InlineData(18, "/var/lib/postgresql/", false)]
    [InlineData(18, "/var/lib/postgresql/18/docker", false)]
    [InlineData(18, "/backups", false)]
    public void AMountThatWouldLoseDataIsRefused(int major, string target, bool refused) =>
        Assert.Equal(refused, DataPath.For(major).Refuse(target) is not null);

    [Fact]
    public void NobodyIsTrustedInAContainer()
    {
        Assert.DoesNotContain("trust", ContainerAuthentication.WhenMade, StringComparison.Ordinal);
        Assert.Equal("local all all peer map=postgres\n", ContainerAuthentication.WhileMaking);
        Assert.Equal(
            "postgres postgres postgres\npostgres postgres app\npostgres postgres replicator\npostgres postgres monitor\n",
            ContainerAuthentication.Identities);
    }

    [Fact]
    public void TheSameSecretGivesTheSameVerifierAndAnotherRoleAnother()
    {
        Assert.Equal(StableVerifier.Create("pg1", "app", "secret"), StableVerifier.Create("pg1", "app", "secret"));
        Assert.NotEqual(StableVerifier.Create("pg1", "app", "secret"), StableVerifier.Create("pg1", "monitor", "secret"));
        Assert.NotEqual(StableVerifier.Create("pg1", "app", "secret"), StableVerifier.Create("pg2", "app", "secret"));
        Assert.StartsWith("SCRAM-SHA-256$4096:", StableVerifier.Create("pg1", "app", "secret"), StringComparison.Ordinal);
    }
}
