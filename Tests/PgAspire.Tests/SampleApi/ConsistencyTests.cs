using System.Net;
using System.Net.Http.Json;
using PgAspire.SampleApi.Orders;
using PgAspire.SampleApi.Replication;
using PgAspire.Tests.Support;

namespace PgAspire.Tests.SampleApi;

/// <summary>Reads over one cluster of three instances, of which the replicas replay nothing for the time being.</summary>
public class ConsistencyTests
{
    [Fact]
    public async Task AReplicaAnswersWhereItMayAndHasWhatTheSessionWrote()
    {
        await using var servers = await ReplicatedServers.StartAsync();
        await using var api = await ApiProcess.StartAsync(servers.ConnectionString());
        var (old, oldToken) = await PlaceAsync(api, "old", token: null);
        await servers.UntilReplicasHaveAsync(orders: 1);
        await AllAsync(servers, "SELECT pg_wal_replay_pause()");
        await Until.TrueAsync(
            async () => (await Task.WhenAll(servers.Replicas.Select(replica => replica.ListAsync("SELECT pg_get_wal_replay_pause_state()"))))
                .All(state => state is ["paused"]),
            "the replicas are paused");
        var (recent, token) = await PlaceAsync(api, "new", oldToken);

        await Until.TrueAsync(async () => await ItemsAsync(api, "?consistency=eventual", token: null) is ["old"], "a replica answers");
        Assert.Equal(["new", "old"], await ItemsAsync(api, "?consistency=eventual", token));
        Assert.Equal(["new", "old"], await ItemsAsync(api, "?consistency=strong", token: null));
        Assert.Equal(["new", "old"], await ItemsAsync(api, "", token: null));
        Assert.Equal(recent, await FindAsync(api, recent.Id, token));

        await AllAsync(servers, "SELECT pg_wal_replay_resume()");
        await servers.UntilReplicasHaveAsync(orders: 2);
        await servers.Primary.KillAsync();
        Assert.Equal(["new", "old"], await ItemsAsync(api, "?consistency=eventual", token));
        Assert.Equal(old, await FindAsync(api, old.Id, token));
    }

    [Fact]
    public async Task WithoutAReplicaThePrimaryAnswers()
    {
        await using var servers = await ReplicatedServers.StartAsync();
        await using var api = await ApiProcess.StartAsync(servers.ConnectionString());
        await PlaceAsync(api, "old", token: null);
        await servers.All[1].KillAsync();
        await servers.All[2].PauseAsync();
        for (var number = 0; number < 5; number++)
        {
            Assert.Equal(["old"], await ItemsAsync(api, "?consistency=eventual", token: null));
        }
    }

    private static Task AllAsync(ReplicatedServers servers, string sql)
        => Task.WhenAll(servers.Replicas.Select(replica => replica.AdministerAsync(sql)));

    private static async Task<(Order Order, string Token)> PlaceAsync(ApiProcess api, string item, string? token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/customers/ada/orders") { Content = JsonContent.Create(new { item, quantity = 1 }) };
        using var response = await SendAsync(api, request, token);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        return ((await response.Content.ReadFromJsonAsync<Order>())!, response.Headers.GetValues(ConsistencyToken.Header).Single());
    }

    private static async Task<string[]> ItemsAsync(ApiProcess api, string query, string? token)
        => [.. (await ReadAsync(api, query, token)).Select(order => order.Item)];

    private static async Task<IReadOnlyList<Order>> ReadAsync(ApiProcess api, string query, string? token)
        => (await GetAsync<OrderPage>(api, $"/customers/ada/orders{query}", token)).Items;

    private static Task<Order> FindAsync(ApiProcess api, Guid id, string? token)
        => GetAsync<Order>(api, $"/customers/ada/orders/{id}?consistency=eventual", token);

    private static async Task<T> GetAsync<T>(ApiProcess api, string path, string? token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        using var response = await SendAsync(api, request, token);
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<T>())!;
    }

    private static Task<HttpResponseMessage> SendAsync(ApiProcess api, HttpRequestMessage request, string? token)
    {
        if (token is not null)
        {
            request.Headers.Add(ConsistencyToken.Header, token);
        }

        return api.Client.SendAsync(request);
    }
}
