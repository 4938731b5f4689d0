using System.Net;
using CsCheck;
using Npgsql;
using PgAspire.Postgres.Topology;

namespace PgAspire.Tests.Postgres.Topology;

public sealed class ConnectionStringsTests
{
    [Fact]
    public void OneInstanceIsHostAndPort() => Assert.Equal(
        "Host=127.0.0.1;Port=15432;Database=app;Username=app;Password=secret",
        ConnectionStrings.For([new("127.0.0.1", 15432)], "app", "app", "secret"));

    [Fact]
    public void WhatIsShownHasNoPassword() => Assert.Equal(
        "Host=127.0.0.1;Port=15432;Database=app;Username=app", ConnectionStrings.For([new("127.0.0.1", 15432)], "app", "app", password: null));

    [Fact]
    public void SeveralInstancesAreListedAndThePrimaryIsAskedFor()
    {
        var read = new NpgsqlConnectionStringBuilder(ConnectionStrings.For([new("a", 1), new("b", 2), new("c", 3)], "app", "app", "x"));
        Assert.Equal(("a:1,b:2,c:3", "primary", 1, "app"), (read.Host, read.TargetSessionAttributes, read.HostRecheckSeconds, read.Database));
    }

    [Fact]
    public void NoInstanceIsNoCluster() => Assert.Throws<ArgumentException>("instances", () => ConnectionStrings.For([], "app", "app", null));

    [Fact]
    public void WhatIsWrittenIsReadBack() => Gen.Select(Gen.String[Gen.Char[' ', '~'], 1, 30], Gen.Int[1, 65535]).Sample((password, port) =>
    {
        var read = new NpgsqlConnectionStringBuilder(ConnectionStrings.For([new DnsEndPoint("localhost", port)], "db", "role", password));
        return (read.Host, read.Port, read.Database, read.Username, read.Password) == ("localhost", port, "db", "role", password);
    });
}
