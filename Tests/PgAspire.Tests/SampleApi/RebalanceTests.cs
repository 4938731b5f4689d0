using System.Net;
using PgAspire.SampleApi.Clusters;
using PgAspire.SampleApi.Orders;
using PgAspire.Tests.Support;

namespace PgAspire.Tests.SampleApi;

public class RebalanceTests
{
    private const int Customers = 240;
    private static readonly string[] Names = [.. Enumerable.Range(0, Customers).Select(number => $"customer-{number}")];

    [Fact]
    public async Task AfterAClusterWasAddedNothingIsMissingBeforeDuringAndAfterTheRebalance()
    {
        await using var servers = await PostgresServers.StartAsync(4);
        var orders = new List<Order>();
        await using (var before = await ApiProcess.StartAsync(servers.ConnectionStrings(3)))
        {
            orders.AddRange(await before.OrderForEachAsync(Names, "first"));
        }

        var four = servers.ConnectionStrings(4);
        await using var api = await ApiProcess.StartAsync(four);
        await AssertAllFoundAsync(api, orders);
        orders.AddRange(await api.OrderForEachAsync(Names));
        Assert.Empty(await servers["pg4"].ListAsync("SELECT customer FROM orders"));

        var (exitCode, output, error) = await ApiProcess.RebalanceAsync(four);
        Assert.True(exitCode == 0, error);
        Assert.Contains("-> pg4:", output, StringComparison.Ordinal);
        await AssertAllFoundAsync(api, orders);
        await AssertPlacedAsync(servers, orders.Select(order => order.Id));

        var (again, nothing, _) = await ApiProcess.RebalanceAsync(four);
        Assert.Equal(0, again);
        Assert.Contains("done: 0 customers with 0 orders", nothing, StringComparison.Ordinal);
        // The keys have moved as well.
        var repeated = await api.OrderForEachAsync(Names, "first");
        Assert.Equal(orders.Take(Customers).Select(order => order.Id), repeated.Select(order => order.Id));
    }

    [Fact]
    public async Task KilledAtRandomMomentsUnderWritesItLosesAndDoublesNothing()
    {
        await using var servers = await PostgresServers.StartAsync(4);
        await using (var before = await ApiProcess.StartAsync(servers.ConnectionStrings(3)))
        {
            await before.OrderForEachAsync(Names);
        }

        foreach (var server in servers.All)
        {
            await server.ExecuteAsync(
                """
                INSERT INTO orders (id, customer, item, quantity)
                SELECT gen_random_uuid(), customer, 'x', 1 FROM customers, generate_series(1, 2000)
                """);
        }

        var loaded = await AllIdsAsync(servers);
        var four = servers.ConnectionStrings(4);
        await using var api = await ApiProcess.StartAsync(four);
        using var stop = new CancellationTokenSource();
        var writers = Enumerable.Range(0, 4).Select(writer => WriteAsync(api, writer, stop.Token)).ToList();

        var random = new Random(1);
        var killed = 0;
        while (killed < 6)
        {
            // After the first line a batch is done and the next one is somewhere on its way.
            using var rebalance = ApiProcess.StartRebalance(four);
            await rebalance.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
            await Task.Delay(random.Next(0, 150), TestContext.Current.CancellationToken);
            Assert.False(rebalance.HasExited, "The rebalance was over before it could be killed");
            rebalance.Kill();
            await rebalance.WaitForExitAsync(TestContext.Current.CancellationToken);
            killed++;
        }

        var (exitCode, output, error) = await ApiProcess.RebalanceAsync(four);
        await stop.CancelAsync();
        var written = (await Task.WhenAll(writers)).SelectMany(orders => orders).ToList();
        Assert.True(exitCode == 0, error + output);
        Assert.NotEmpty(written);
        Assert.Equal(written.Count, written.Select(order => order.Id).Distinct().Count());
        await AssertPlacedAsync(servers, [.. loaded, .. written.Select(order => order.Id)]);
        await AssertAllFoundAsync(api, written);
    }

    [Fact]
    public async Task WithAClusterAwayItSaysSoAndMovesNothing()
    {
        await using var servers = await PostgresServers.StartAsync(2);
        await servers["pg2"].StopAsync();
        var (exitCode, _, error) = await ApiProcess.RebalanceAsync(servers.ConnectionStrings(2));
        Assert.Equal(1, exitCode);
        Assert.Contains("pg2 does not answer", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ACustomerTakenForNewWhileAClusterWasRemovedIsMergedWhenItReturns()
    {
        await using var servers = await PostgresServers.StartAsync(3);
        var orders = new List<Order>();
        foreach (var clusters in new[] { 3, 2, 3 })
        {
            await using var api = await ApiProcess.StartAsync(servers.ConnectionStrings(clusters));
            orders.AddRange(await api.OrderForEachAsync(Names, $"with-{orders.Count}"));
        }

        var (exitCode, _, error) = await ApiProcess.RebalanceAsync(servers.ConnectionStrings(3));
        Assert.True(exitCode == 0, error);
        await AssertPlacedAsync(servers, orders.Select(order => order.Id), clusters: 3);
    }

    /// <summary>Orders as a careful client does: with a key, and again with the same one until it is answered.</summary>
    private static async Task<List<Order>> WriteAsync(ApiProcess api, int writer, CancellationToken stop)
    {
        var orders = new List<Order>();
        for (var number = 0; !stop.IsCancellationRequested; number++)
        {
            var customer = number % 3 == 0 ? $"new-{writer}-{number}" : Names[(number * 7 + writer) % Customers];
            while (true)
            {
                using var response = await api.PostAsync(customer, new { item = $"{writer}", quantity = number + 1 }, $"{writer}-{number}");
                if (response.IsSuccessStatusCode)
                {
                    orders.Add((await System.Net.Http.Json.HttpContentJsonExtensions.ReadFromJsonAsync<Order>(response.Content, CancellationToken.None))!);
                    break;
                }

                Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
            }
        }

        return orders;
    }

    private static async Task AssertAllFoundAsync(ApiProcess api, List<Order> orders)
    {
        foreach (var customer in orders.GroupBy(order => order.Customer))
        {
            var listed = (await api.ListAsync(customer.Key, 500)).Select(order => order.Id).ToHashSet();
            Assert.True(listed.IsSupersetOf(customer.Select(order => order.Id)), $"{customer.Key} misses orders");
        }

        foreach (var order in orders.Take(100))
        {
            Assert.Equal(order.Id, (await api.GetJsonAsync($"/customers/{order.Customer}/orders/{order.Id}")).GetProperty("id").GetGuid());
        }
    }

    /// <summary>Exactly these orders exist, each once, and every customer lives at home and nowhere else.</summary>
    private static async Task AssertPlacedAsync(PostgresServers servers, IEnumerable<Guid> expected, int clusters = 4)
    {
        Assert.Equal(expected.Order(), (await AllIdsAsync(servers)).Order());
        var homes = new Rendezvous(Enumerable.Range(1, clusters).Select(number => $"pg{number}"));
        for (var cluster = 0; cluster < clusters; cluster++)
        {
            var server = servers.All[cluster];
            var living = await server.ListAsync("SELECT customer FROM customers WHERE state = 'here'");
            Assert.All(living, customer => Assert.Equal(cluster, homes.Choose(customer)));
            Assert.Empty(await server.ListAsync("SELECT customer FROM customers WHERE state = 'arriving'"));
            Assert.Empty((await server.ListAsync("SELECT DISTINCT customer FROM orders")).Except(living));
        }
    }

    private static async Task<List<Guid>> AllIdsAsync(PostgresServers servers)
    {
        var ids = await Task.WhenAll(servers.All.Select(server => server.ListAsync("SELECT id::text FROM orders")));
        return [.. ids.SelectMany(list => list).Select(Guid.Parse)];
    }
}
