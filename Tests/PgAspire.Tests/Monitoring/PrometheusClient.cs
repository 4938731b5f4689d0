using System.Net.Http.Json;
using System.Text.Json;

namespace PgAspire.Tests.Monitoring;

/// <summary>Asks a Prometheus.</summary>
internal sealed class PrometheusClient(string url) : IDisposable
{
    private readonly HttpClient _client = new() { BaseAddress = new Uri(url) };

    /// <summary>The values that a query has now.</summary>
    public async Task<IReadOnlyList<string>> QueryAsync(string query)
    {
        var answer = await AskAsync($"api/v1/query?query={Uri.EscapeDataString(query)}");
        return [.. answer.GetProperty("result").EnumerateArray().Select(sample => sample.GetProperty("value")[1].GetString()!)];
    }

    public async Task<JsonElement> AskAsync(string path)
    {
        using var response = await _client.GetAsync(new Uri(path, UriKind.Relative));
        var answer = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.True(answer.GetProperty("status").GetString() == "success", $"{path}: {answer}");
        return answer.GetProperty("data").Clone();
    }

    public void Dispose() => _client.Dispose();
}
