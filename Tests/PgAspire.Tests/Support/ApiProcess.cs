using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using PgAspire.SampleApi.Orders;

namespace PgAspire.Tests.Support;

/// <summary>The sample application as a process of its own, as a user runs it.</summary>
public sealed class ApiProcess : IAsyncDisposable
{
    private readonly Process _process;

    private ApiProcess(Process process, HttpClient client) => (_process, Client) = (process, client);

    public HttpClient Client { get; }

    public static async Task<ApiProcess> StartAsync(Dictionary<string, string> settings)
    {
        const string Marker = "Now listening on: ";
        var process = Start(new(settings) { ["ASPNETCORE_URLS"] = "http://127.0.0.1:0" });
        var address = new TaskCompletionSource<string>();
        process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is null)
            {
                address.TrySetException(new InvalidOperationException("The API ended before it listened."));
            }
            else if (line.Data.IndexOf(Marker, StringComparison.Ordinal) is >= 0 and var start)
            {
                address.TrySetResult(line.Data[(start + Marker.Length)..].Trim());
            }
        };
        process.BeginOutputReadLine();
        return new(process, new HttpClient { BaseAddress = new Uri(await address.Task) });
    }

    public static Process StartRebalance(Dictionary<string, string> settings) => Start(settings, "rebalance");

    /// <summary>Runs a rebalance to its end.</summary>
    public static async Task<(int ExitCode, string Output, string Error)> RebalanceAsync(Dictionary<string, string> settings)
    {
        using var process = StartRebalance(settings);
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await error);
    }

    public Task<HttpResponseMessage> PostAsync(string customer, object body, string? key = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"/customers/{Uri.EscapeDataString(customer)}/orders")
        {
            Content = JsonContent.Create(body),
        };
        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        return Client.SendAsync(request);
    }

    public async Task<Order> OrderAsync(string customer, string item = "tea", int quantity = 1, string? key = null)
    {
        using var response = await PostAsync(customer, new { item, quantity }, key);
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<Order>())!;
    }

    /// <summary>Places an order as soon as the API has found its cluster's primary.</summary>
    public Task UntilItOrdersAsync(string customer) => Until.TrueAsync(
        async () =>
        {
            using var response = await PostAsync(customer, new { item = "tea", quantity = 1 });
            return response.IsSuccessStatusCode;
        },
        "the API takes orders");

    /// <summary>One order for each customer, several at a time, in the customers' order.</summary>
    public async Task<Order[]> OrderForEachAsync(IReadOnlyList<string> customers, string? key = null)
    {
        var orders = new Order[customers.Count];
        await Parallel.ForAsync(
            0, customers.Count, new ParallelOptions { MaxDegreeOfParallelism = 8 },
            async (index, _) => orders[index] = await OrderAsync(customers[index], key: key));
        return orders;
    }

    /// <summary>All of a customer's orders, page by page.</summary>
    public async Task<List<Order>> ListAsync(string customer, int limit = 100)
    {
        var orders = new List<Order>();
        string? after = null;
        do
        {
            var page = (await Client.GetFromJsonAsync<OrderPage>(
                $"/customers/{Uri.EscapeDataString(customer)}/orders?limit={limit}{(after is null ? "" : $"&after={after}")}"))!;
            orders.AddRange(page.Items);
            after = page.Next;
        }
        while (after is not null);

        return orders;
    }

    public async Task<JsonElement> GetJsonAsync(string path) => await Client.GetFromJsonAsync<JsonElement>(path);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static Process Start(Dictionary<string, string> settings, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(OrderStore).Assembly.Location, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = arguments.Length > 0,
        };
        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }
}
