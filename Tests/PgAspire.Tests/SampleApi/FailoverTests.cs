using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using PgAspire.SampleApi.Orders;
using PgAspire.Tests.Support;

namespace PgAspire.Tests.SampleApi;

/// <summary>The API over one cluster of three instances whose primary is lost.</summary>
public class FailoverTests
{
    private const int Writers = 8;

    [Fact]
    public async Task OfOrdersPlacedWhileThePrimaryIsKilledEachAcknowledgedOneIsThereOnce()
    {
        await using var servers = await ReplicatedServers.StartAsync(synchronous: true);
        await using var api = await ApiProcess.StartAsync(servers.ConnectionString());
        await using var writers = new OrderWriters(api, Writers);
        await writers.AcknowledgedAsync(200);

        await servers.Primary.KillAsync();
        var promoted = await servers.FailOverAsync();
        await writers.AcknowledgedAsync(200);

        var acknowledged = await writers.StopAsync();
        var stored = await promoted.ListAsync("SELECT item FROM orders");
        Assert.Equal(stored.Count, stored.Distinct().Count());
        Assert.Equal([], acknowledged.Except(stored));
        Assert.InRange(acknowledged.Count, 400, stored.Count);
        await UntilRolesAreAsync(api, servers, promoted);
    }

    [Fact]
    public async Task AnOrderPlacedOnAPrimaryThatHangsIsPlacedOnItsSuccessor()
    {
        await using var servers = await ReplicatedServers.StartAsync();
        await using var api = await ApiProcess.StartAsync(new(servers.ConnectionString()) { ["Failover__PatienceSeconds"] = "60" });
        await api.OrderAsync("ada");
        await servers.UntilReplicasHaveAsync(orders: 1);
        await servers.Primary.PauseAsync();
        var waiting = Enumerable.Range(0, 20).Select(number => api.OrderAsync("ada", $"waiting {number}")).ToList();

        var promoted = await servers.FailOverAsync();
        var watch = Stopwatch.StartNew();
        await api.OrderAsync("ada", "after");
        var first = watch.Elapsed;
        await Task.WhenAll(waiting);

        TestContext.Current.SendDiagnosticMessage(string.Create(
            CultureInfo.InvariantCulture, $"after the promotion: a new order {first.TotalMilliseconds:0} ms, all that waited {watch.ElapsedMilliseconds} ms"));
        var stored = await promoted.ListAsync("SELECT item FROM orders");
        Assert.Equal(22, stored.Count);
        Assert.Equal(22, stored.Distinct().Count());

        // What the old primary still had to do is done now, on a timeline that nobody looks at.
        await servers.Primary.ResumeAsync();
        await api.OrderAsync("ada", "later");
        Assert.Equal(23, (await api.ListAsync("ada")).Count);
        Assert.Contains("later", await promoted.ListAsync("SELECT item FROM orders"));
    }

    [Fact]
    public async Task AClusterWithoutAPrimaryIsUnavailableWhenThePatienceIsOver()
    {
        await using var servers = await ReplicatedServers.StartAsync();
        await using var api = await ApiProcess.StartAsync(new(servers.ConnectionString()) { ["Failover__PatienceSeconds"] = "1" });
        await api.UntilItOrdersAsync("ada");
        await servers.Primary.KillAsync();

        using var response = await api.PostAsync("ada", new { item = "tea", quantity = 1 });
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.NotNull(response.Headers.RetryAfter);
    }

    [Fact]
    public async Task ACommitWhoseWaitForAReplicaWasCancelledIsNotAcknowledged()
    {
        await using var servers = await ReplicatedServers.StartAsync(synchronous: true);
        await using var api = await ApiProcess.StartAsync(new(servers.ConnectionString()) { ["Failover__PatienceSeconds"] = "1" });
        await api.UntilItOrdersAsync("ada");
        foreach (var replica in servers.Replicas)
        {
            await replica.KillAsync();
        }

        var request = api.PostAsync("ada", new { item = "alone", quantity = 1 }, "key");
        await Until.TrueAsync(
            async () => (await servers.Primary.ListAsync("SELECT pid::text FROM pg_stat_activity WHERE wait_event = 'SyncRep'")).Count > 0,
            "the commit waits for a replica");
        await servers.Primary.AdministerAsync("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'");
        using var response = await request;
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Contains("alone", await servers.Primary.ListAsync("SELECT item FROM orders"));

        foreach (var replica in servers.Replicas)
        {
            await replica.StartAsync();
        }

        await Until.TrueAsync(
            async () => (await servers.Primary.ListAsync("SELECT pid::text FROM pg_stat_replication WHERE state = 'streaming'", servers.Primary.MonitorConnectionString)).Count > 0,
            "a replica streams");
        using var repeat = await api.PostAsync("ada", new { item = "alone", quantity = 1 }, "key");
        Assert.Equal(HttpStatusCode.OK, repeat.StatusCode);
        Assert.Equal("alone", (await repeat.Content.ReadFromJsonAsync<Order>(TestContext.Current.CancellationToken))!.Item);
    }

    private static async Task UntilRolesAreAsync(ApiProcess api, ReplicatedServers servers, PostgresServer primary)
    {
        var expected = servers.All.Select(server => (
            (string?)$"{server.Address.Host}:{server.Address.Port}", server == servers.Primary ? null : server == primary ? "primary" : "replica")).ToList();
        await Until.TrueAsync(async () => (await api.GetJsonAsync("/topology")).GetProperty("clusters")[0].GetProperty("instances").EnumerateArray()
            .Select(instance => (instance.GetProperty("address").GetString(), instance.GetProperty("role").GetString())).SequenceEqual(expected), "the roles are those");
    }
}

/// <summary>Customers who place one order after the other, each with an item of its own, every second one with a key.</summary>
internal sealed class OrderWriters : IAsyncDisposable
{
    private readonly ApiProcess _api;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentBag<string> _acknowledged = [];
    private readonly Task _all;

    public OrderWriters(ApiProcess api, int count)
    {
        _api = api;
        _all = Task.WhenAll(Enumerable.Range(0, count).Select(WriteAsync));
    }

    /// <summary>Waits for so many more orders.</summary>
    public async Task AcknowledgedAsync(int more)
    {
        var goal = _acknowledged.Count + more;
        await Until.TrueAsync(() => _acknowledged.Count >= goal, $"{goal} orders are acknowledged");
    }

    /// <returns>The items of all acknowledged orders.</returns>
    public async Task<IReadOnlyCollection<string>> StopAsync()
    {
        await _stop.CancelAsync();
        await _all;
        return _acknowledged;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
    }

    private async Task WriteAsync(int writer)
    {
        for (var number = 0; !_stop.IsCancellationRequested; number++)
        {
            var item = $"order {number} of {writer}";
            using var response = await _api.PostAsync($"customer-{writer}", new { item, quantity = 1 }, number % 2 == 0 ? null : $"key-{number}");
            if (response.IsSuccessStatusCode)
            {
                _acknowledged.Add(item);
            }
            else
            {
                Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
            }
        }
    }
}
