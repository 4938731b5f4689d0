using PgAspire.Postgres.Configuration;

namespace PgAspire.Tests.Postgres.Configuration;

public sealed class ListenSettingsTests
{
    [Fact]
    public void AnInstanceListensOnLoopbackAndInItsSocketFolder() => Assert.Equivalent(
        new Dictionary<string, string> { ["cluster_name"] = "pg1", ["listen_addresses"] = "127.0.0.1", ["port"] = "15432", ["unix_socket_directories"] = "/state/run" },
        ListenSettings.For(15432, "/state/run", "pg1"),
        strict: true);

    [Theory]
    [InlineData(null)]
    [InlineData("/state,other/run")]
    public void ThereIsNoSocketWhereItsFolderCannotBeNamed(string? folder) => Assert.Equal("", ListenSettings.For(15432, folder, "pg1")["unix_socket_directories"]);

    [Theory]
    [InlineData("a", 103)]
    [InlineData("ä", 103)]
    public void ThereIsNoSocketWhereItsPathIsTooLongInBytes(string letter, int longest)
    {
        var tail = "/.s.PGSQL.15432".Length + 1;
        var fits = "/" + string.Concat(Enumerable.Repeat(letter, (longest - tail) / System.Text.Encoding.UTF8.GetByteCount(letter)));
        Assert.Equal(fits, ListenSettings.For(15432, fits, "pg1")["unix_socket_directories"]);
        Assert.Equal("", ListenSettings.For(15432, fits + letter, "pg1")["unix_socket_directories"]);
    }
}
