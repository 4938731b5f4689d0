using System.Diagnostics;
using System.Net;
using System.Text.Json;
using PgAspire.SampleApi.Clusters;
using PgAspire.Tests.Support;

namespace PgAspire.Tests.SampleApi;

public class ClusterLossTests
{
    private static readonly Rendezvous Homes = new(["pg1", "pg2", "pg3"]);

    [Fact]
    public async Task AKilledClusterIsNamedAndTheOthersServe()
    {
        await using var servers = await PostgresServers.StartAsync(3);
        await using var api = await ApiProcess.StartAsync(servers.ConnectionStrings(3));
        var (lost, kept) = (CustomerOf("pg2"), CustomerOf("pg3"));
        await api.OrderAsync(lost);
        await api.OrderAsync(kept);

        await servers["pg2"].KillAsync();

        Assert.Equal(1, (await UntilUnansweredAsync(api, "pg2")).GetProperty("orders").GetInt32());
        await UntilReachableAsync(api, true, false, true);
        Assert.Single(await api.ListAsync(kept));
        await api.OrderAsync(kept);
        await AssertUnavailableAsync(() => api.PostAsync(lost, new { item = "tea", quantity = 1 }));
        await AssertUnavailableAsync(() => api.Client.GetAsync($"/customers/{lost}/orders"));
        await AssertUnavailableAsync(() => api.Client.GetAsync($"/customers/{lost}/orders/{Guid.NewGuid()}"));

        await servers["pg2"].StartAsync();
        await Until.TrueAsync(async () => (await api.Client.GetAsync("/health")).IsSuccessStatusCode, "the API is healthy again");
        Assert.Single(await api.ListAsync(lost));
        await api.OrderAsync(lost);
    }

    [Fact]
    public async Task AClusterThatHangsIsNamedInTime()
    {
        await using var servers = await PostgresServers.StartAsync(3);
        await using var api = await ApiProcess.StartAsync(servers.ConnectionStrings(3));
        await api.GetJsonAsync("/stats");
        await servers["pg1"].PauseAsync();

        await UntilUnansweredAsync(api, "pg1");
        await servers["pg1"].ResumeAsync();
    }

    [Fact]
    public async Task TheApiStartsWithAClusterMissing()
    {
        await using var servers = await PostgresServers.StartAsync(2);
        var settings = servers.ConnectionStrings(2);
        settings["ConnectionStrings__pg3"] = "Host=127.0.0.1;Port=1;Username=app;Password=none;Database=app";
        await using var api = await ApiProcess.StartAsync(settings);

        await UntilReachableAsync(api, true, true, false);
        Assert.Equal(HttpStatusCode.OK, (await api.Client.GetAsync("/alive", TestContext.Current.CancellationToken)).StatusCode);
        Assert.Equal(
            HttpStatusCode.ServiceUnavailable, (await api.Client.GetAsync("/health", TestContext.Current.CancellationToken)).StatusCode);
        // Whether pg3 has this customer from an earlier topology cannot be told.
        await AssertUnavailableAsync(() => api.PostAsync(CustomerOf("pg1"), new { item = "tea", quantity = 1 }));
    }

    /// <summary>Waits for an answer in time that names this cluster alone: each of them has two seconds, which another may need on a busy machine.</summary>
    private static async Task<JsonElement> UntilUnansweredAsync(ApiProcess api, string cluster)
    {
        JsonElement stats = default;
        await Until.TrueAsync(
            async () =>
            {
                var watch = Stopwatch.StartNew();
                stats = await api.GetJsonAsync("/stats");
                return watch.Elapsed < TimeSpan.FromSeconds(4) && stats.GetProperty("unanswered").EnumerateArray().Select(name => name.GetString()).SequenceEqual([cluster]);
            },
            $"{cluster} alone does not answer");
        return stats;
    }

    private static Task UntilReachableAsync(ApiProcess api, params bool[] clusters) => Until.TrueAsync(
        async () => (await api.GetJsonAsync("/topology")).GetProperty("clusters").EnumerateArray().Select(cluster => cluster.GetProperty("reachable").GetBoolean()).SequenceEqual(clusters),
        $"{string.Join(", ", clusters)} is what of the clusters is reachable");

    private static async Task AssertUnavailableAsync(Func<Task<HttpResponseMessage>> request)
    {
        var watch = Stopwatch.StartNew();
        using var response = await request();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.NotNull(response.Headers.RetryAfter);
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(5));
    }

    private static string CustomerOf(string cluster)
        => Enumerable.Range(0, 1000).Select(number => $"customer-{number}").First(customer => $"pg{Homes.Choose(customer) + 1}" == cluster);
}
