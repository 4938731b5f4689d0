using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using PgAspire.Cli.Embedded;

namespace PgAspire.Tests.Monitoring;

/// <summary>One alert as Alertmanager told it.</summary>
internal sealed record ToldAlert(string Status, IReadOnlyDictionary<string, string> Labels, IReadOnlyDictionary<string, string> Annotations)
{
    public bool Is(string alert, params (string Label, string Value)[] labels) =>
        Labels["alertname"] == alert && labels.All(label => Labels.GetValueOrDefault(label.Label) == label.Value);
}

/// <summary>A webhook that keeps all that it is told.</summary>
internal sealed class AlertWebhook : IAsyncDisposable
{
    private static readonly TimeSpan Budget = TimeSpan.FromMinutes(2);
    private readonly HttpListener _listener = new();
    private readonly ConcurrentQueue<ToldAlert> _told = new();
    private readonly Task _receiving;

    public AlertWebhook()
    {
        Url = $"http://127.0.0.1:{Ports.FindFree(1)[0]}/";
        _listener.Prefixes.Add(Url);
        _listener.Start();
        _receiving = ReceiveAsync();
    }

    public string Url { get; }

    public IReadOnlyCollection<ToldAlert> Told => _told;

    /// <summary>Waits until an alert was told with this status.</summary>
    public async Task<ToldAlert> WaitAsync(string status, string alert, params (string Label, string Value)[] labels)
    {
        ToldAlert? Find() => _told.FirstOrDefault(told => told.Status == status && told.Is(alert, labels));
        using var budget = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        budget.CancelAfter(Budget);
        while (Find() is null)
        {
            Assert.False(budget.IsCancellationRequested, $"{alert} of {string.Join(", ", labels)} was not {status}; told were: {string.Join("; ", _told.Select(Describe))}");
            await Task.Delay(50, CancellationToken.None);
        }

        return Find()!;
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _receiving;
    }

    private static string Describe(ToldAlert told) => $"{told.Status} {told.Labels["alertname"]} {told.Labels.GetValueOrDefault("instance")}";

    private async Task ReceiveAsync()
    {
        while (_listener.IsListening)
        {
            try
            {
                var context = await _listener.GetContextAsync();
                using var document = await JsonDocument.ParseAsync(context.Request.InputStream);
                foreach (var alert in document.RootElement.GetProperty("alerts").EnumerateArray())
                {
                    _told.Enqueue(new(alert.GetProperty("status").GetString()!, Map(alert.GetProperty("labels")), Map(alert.GetProperty("annotations"))));
                }

                context.Response.Close();
            }
            catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException && !_listener.IsListening)
            {
                return;
            }
        }
    }

    private static Dictionary<string, string> Map(JsonElement element) => element.EnumerateObject().ToDictionary(entry => entry.Name, entry => entry.Value.GetString()!);
}
