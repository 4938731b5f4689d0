using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using PgAspire.SampleApi.Orders;
using PgAspire.Tests.Support;

namespace PgAspire.Tests.SampleApi;

/// <summary>Three clusters and the API over them.</summary>
public sealed class ThreeClusters : IAsyncLifetime
{
    public PostgresServers Servers { get; private set; } = null!;

    public ApiProcess Api { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Servers = await PostgresServers.StartAsync(3);
        // Fifty requests at once take more than usual of a busy machine.
        Api = await ApiProcess.StartAsync(Servers.ConnectionStrings(3).ToDictionary(pair => pair.Key, pair => $"{pair.Value};Timeout=60;Command Timeout=60"));
    }

    public async ValueTask DisposeAsync()
    {
        await Api.DisposeAsync();
        await Servers.DisposeAsync();
    }
}

public class OrdersTests(ThreeClusters topology) : IClassFixture<ThreeClusters>
{
    private readonly ApiProcess _api = topology.Api;

    [Fact]
    public async Task AnOrderIsFoundAtItsLocation()
    {
        using var response = await _api.PostAsync("Zoë 🦊 & co", new { item = "tea", quantity = 2 });
        var order = await response.Content.ReadFromJsonAsync<Order>(TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal(("Zoë 🦊 & co", "tea", 2, DateTimeKind.Utc), (order!.Customer, order.Item, order.Quantity, order.CreatedAt.Kind));
        Assert.Equal(order, await _api.Client.GetFromJsonAsync<Order>(response.Headers.Location, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task ACustomersOrdersAreOnOneCluster()
    {
        for (var number = 0; number < 30; number++)
        {
            await _api.OrderAsync($"one-{number % 10}");
        }

        var places = new List<string>();
        foreach (var server in topology.Servers.All)
        {
            places.AddRange(await server.ListAsync("SELECT DISTINCT customer FROM orders WHERE customer LIKE 'one-%'"));
        }

        Assert.Equal(10, places.Count);
        Assert.Equal(10, places.Distinct().Count());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(500)]
    public async Task PagesHaveEveryOrderOnceAndTheNewestFirst(int limit)
    {
        var customer = $"pages-{limit}";
        var orders = new List<Order>();
        for (var number = 0; number < 7; number++)
        {
            orders.Add(await _api.OrderAsync(customer));
        }

        Assert.Equal(orders.Select(order => order.Id).Reverse(), (await _api.ListAsync(customer, limit)).Select(order => order.Id));
    }

    [Fact]
    public async Task PagesAreExactWhereManyOrdersHaveTheSameTime()
    {
        await _api.OrderAsync("same-time");
        foreach (var server in topology.Servers.All)
        {
            await server.ExecuteAsync(
                """
                INSERT INTO orders (id, customer, item, quantity, created_at)
                SELECT gen_random_uuid(), customer, 'x', 1, '2026-01-01Z' FROM customers, generate_series(1, 99) WHERE customer = 'same-time'
                """);
        }

        var ids = (await _api.ListAsync("same-time", 10)).Select(order => order.Id).ToList();
        Assert.Equal(100, ids.Count);
        Assert.Equal(100, ids.Distinct().Count());
    }

    [Fact]
    public async Task OfFiftyAtOnceWithOneKeyOneIsCreated()
    {
        await _api.OrderAsync("race");
        var responses = await Task.WhenAll(
            Enumerable.Range(0, 50).Select(_ => _api.PostAsync("race", new { item = "tea", quantity = 1 }, "only-once")));
        var orders = await Task.WhenAll(responses.Select(response => response.Content.ReadFromJsonAsync<Order>()));
        Assert.Single(responses, response => response.StatusCode == HttpStatusCode.Created);
        Assert.Equal(49, responses.Count(response => response.StatusCode == HttpStatusCode.OK));
        Assert.Single(orders.Select(order => order!.Id).Distinct());
        Assert.Equal(2, (await _api.ListAsync("race")).Count);
    }

    [Fact]
    public async Task AKeyOfAnotherOrderIsRefused()
    {
        await _api.OrderAsync("key", "tea", 1, "k");
        using var response = await _api.PostAsync("key", new { item = "tea", quantity = 2 }, "k");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, response.StatusCode);
        Assert.Single(await _api.ListAsync("key"));
    }

    [Fact]
    public async Task TwoCustomersCanHaveTheSameKey()
        => Assert.NotEqual((await _api.OrderAsync("key-1", key: "shared")).Id, (await _api.OrderAsync("key-2", key: "shared")).Id);

    [Theory]
    [InlineData("{\"item\":\"\",\"quantity\":1}", 400)]
    [InlineData("{\"item\":\"a\\u0000b\",\"quantity\":1}", 400)]
    [InlineData("{\"item\":\"\\ud800\",\"quantity\":1}", 400)]
    [InlineData("{\"item\":\"x\"}", 400)]
    [InlineData("{\"item\":\"x\",\"quantity\":0}", 400)]
    [InlineData("{\"item\":\"x\",\"quantity\":\"1\"}", 400)]
    [InlineData("{\"item\":\"x\",\"quantity\":1.5}", 400)]
    [InlineData("{\"item\":\"x\",\"quantity\":2147483648}", 400)]
    [InlineData("{\"item\":", 400)]
    [InlineData("null", 400)]
    [InlineData("[]", 400)]
    [InlineData("", 400)]
    public async Task AWrongBodyIsAProblemOfTheClient(string body, int status)
        => await AssertProblemAsync(
            await _api.Client.PostAsync(
                "/customers/wrong/orders", new StringContent(body, Encoding.UTF8, "application/json"), TestContext.Current.CancellationToken),
            status);

    [Fact]
    public async Task ABodyThatIsTooLargeIsRefused()
        => await AssertProblemAsync(await _api.PostAsync("large", new { item = new string('x', 100_000), quantity = 1 }), 413);

    [Theory]
    [InlineData("/customers/wrong/orders?limit=0", 400)]
    [InlineData("/customers/wrong/orders?limit=501", 400)]
    [InlineData("/customers/wrong/orders?limit=many", 400)]
    [InlineData("/customers/wrong/orders?after=nonsense", 400)]
    [InlineData("/customers/wrong/orders?consistency=sometimes", 400)]
    [InlineData("/customers/wrong/orders/01a209c0-6b84-7098-bc92-e58afc5ba71b?consistency=", 400)]
    [InlineData("/customers/a%01b/orders", 400)]
    [InlineData("/customers/%20/orders", 400)]
    [InlineData("/customers/wrong/orders/not-an-id", 404)]
    [InlineData("/customers/wrong/orders/01a209c0-6b84-7098-bc92-e58afc5ba71b", 404)]
    [InlineData("/nowhere", 404)]
    public async Task AWrongRequestIsAProblemOfTheClient(string path, int status)
        => await AssertProblemAsync(await _api.Client.GetAsync(path, TestContext.Current.CancellationToken), status);

    [Fact]
    public async Task AnotherCustomersOrderIsNotFound()
    {
        var order = await _api.OrderAsync("mine");
        await AssertProblemAsync(
            await _api.Client.GetAsync($"/customers/yours/orders/{order.Id}", TestContext.Current.CancellationToken), 404);
    }

    [Fact]
    public async Task TheOpenApiDocumentHasEveryRoute()
    {
        var paths = (await _api.GetJsonAsync("/openapi/v1.json")).GetProperty("paths").EnumerateObject().Select(path => path.Name);
        Assert.Equal(
            ["/customers/{customer}/orders", "/customers/{customer}/orders/{id}", "/stats", "/topology"], paths.Order());
    }

    [Theory]
    [InlineData("http_server_request_duration_seconds_count")]
    [InlineData("db_client_connection_count")]
    [InlineData("dotnet_gc_collections")]
    public async Task MetricsAreInPrometheusFormat(string metric)
    {
        await _api.OrderAsync("metrics");
        Assert.Contains(metric, await _api.Client.GetStringAsync("/metrics", TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    private static async Task AssertProblemAsync(HttpResponseMessage response, int status)
    {
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        Assert.Equal(status, problem.GetProperty("status").GetInt32());
    }
}
