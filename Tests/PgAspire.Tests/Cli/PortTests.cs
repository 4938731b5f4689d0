using System.Net;
using System.Net.Sockets;
using PgAspire.Cli;
using PgAspire.Cli.Embedded;
using PgAspire.Tests.Support;

namespace PgAspire.Tests.Cli;

public sealed class PortTests
{
    [Fact]
    public async Task ADeclaredPortThatIsTakenIsNamedWithItsOwnerAndNothingIsMade()
    {
        await using var topology = await TestTopology.MakeAsync();
        using var owner = new TcpListener(IPAddress.Loopback, Ports.FindFree(1)[0]);
        owner.Start();
        var port = ((IPEndPoint)owner.LocalEndpoint).Port;
        using var self = System.Diagnostics.Process.GetCurrentProcess();
        Assert.Equal(
            $"Port {port} of pg1 is taken by {self.ProcessName}, process {self.Id}. Free it, or declare another firstPort (--first-port).",
            (await topology.UpAsync("--first-port", $"{port}")).FailedWith(1));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(topology.State, "data")));
    }

    [Fact]
    public async Task APortThatWasLostToAnotherWhileDownIsReplacedWithANotice()
    {
        await using var topology = await TestTopology.MakeAsync();
        (await topology.UpAsync()).Succeeded();
        var port = Assert.Single((await topology.StatusAsync()).Instances).Port!.Value;
        (await topology.DownAsync()).Succeeded();
        using var owner = new TcpListener(IPAddress.Any, port);
        owner.Start();
        var up = (await topology.UpAsync()).Succeeded();
        Assert.Contains($"pg1: its port {port} is taken now by ", up.Error, StringComparison.Ordinal);
        Assert.NotEqual(port, Assert.Single((await topology.StatusAsync()).Instances).Port);
    }

    [Fact]
    public async Task APortStaysTheSameThroughDownAndUp()
    {
        await using var topology = await TestTopology.MakeAsync();
        (await topology.UpAsync()).Succeeded();
        var port = Assert.Single((await topology.StatusAsync()).Instances).Port;
        (await topology.DownAsync()).Succeeded();
        (await topology.UpAsync()).Succeeded();
        Assert.Equal(port, Assert.Single((await topology.StatusAsync()).Instances).Port);
    }

    [Fact]
    public async Task TwoTopologiesBesideEachOtherDoNotMeet()
    {
        await using var first = await TestTopology.MakeAsync();
        await using var second = await TestTopology.MakeAsync();
        var ups = await Task.WhenAll(first.UpAsync(), second.UpAsync());
        Assert.All(ups, up => up.Succeeded());
        await first.AskAsync("pg1-1", "CREATE TABLE of_the_first ()");
        Assert.Equal(DBNull.Value, await second.AskAsync("pg1-1", "SELECT to_regclass('of_the_first')::text"));

        var port = Assert.Single((await first.StatusAsync()).Instances).Port;
        await using var third = await TestTopology.MakeAsync();
        Assert.StartsWith(
            $"Port {port} of pg1 is taken by postgres, process {first.Postmasters()["pg1-1"]}.",
            (await third.UpAsync("--first-port", $"{port}")).FailedWith(1),
            StringComparison.Ordinal);
        (await second.DownAsync()).Succeeded();
        Assert.Single(first.Postmasters());
    }

    [Fact]
    public async Task ARunningInstanceMovesToANewFirstPortAtItsNextStart()
    {
        await using var topology = await TestTopology.MakeAsync();
        (await topology.UpAsync()).Succeeded();
        var port = Ports.FindFree(1)[0];
        var up = (await topology.UpAsync("--first-port", $"{port}")).Succeeded();
        Assert.Contains($"it moves to {port} at its next start (down, then up).", up.Error, StringComparison.Ordinal);
        (await topology.DownAsync()).Succeeded();
        (await topology.UpAsync("--first-port", $"{port}")).Succeeded();
        Assert.Equal(port, Assert.Single((await topology.StatusAsync()).Instances).Port);
    }

    [Fact]
    public void FreePortsAreDistinctAndOfThoseThatNoConnectionIsGiven()
    {
        var except = Enumerable.Range(20_000, 1000).ToHashSet();
        var found = Ports.FindFree(100, except);
        Assert.Equal(100, found.Distinct().Count());
        Assert.All(found, port => Assert.InRange(port, 21_000, 32_767));
    }

    [Fact]
    public void WhatOneSearchHasFoundNoOtherFinds()
    {
        var port = Ports.FindFree(1)[0];
        using var mark = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        Assert.Throws<SocketException>(() => mark.Bind(new IPEndPoint(IPAddress.Loopback, port))); // Nor in another process.
        Assert.Throws<CliException>(() => Ports.FindFree(1, Enumerable.Range(20_000, 12_001).Where(other => other != port).ToHashSet()));
        Assert.True(Ports.IsFree(port));
    }

    [Fact]
    public void AnInstanceGetsItsDeclaredPortElseItsOldElseAFreeOne() => Assert.Collection(
        Ports.Assign([new("pg1", 1, "pg1", 7001), new("pg2", 1, "pg2", null), new("pg3", 1, "pg3", null)], new Dictionary<string, int> { ["pg1-1"] = 7009, ["pg2-1"] = 7002 }),
        first => Assert.Equal(7001, first.Port),
        second => Assert.Equal(7002, second.Port),
        third => Assert.InRange(third.Port!.Value, 20_000, 32_767));
}
