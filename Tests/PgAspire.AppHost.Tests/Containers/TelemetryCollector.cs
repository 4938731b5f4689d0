using System.Collections.Concurrent;
using System.Net;
using System.Text;
using PgAspire.Postgres.Control;

namespace PgAspire.AppHost.Tests.Containers;

/// <summary>Takes OTLP over HTTP and looks into it.</summary>
internal sealed class TelemetryCollector : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly ConcurrentQueue<(string Path, byte[] Body)> _received = [];
    private readonly SemaphoreSlim _arrived = new(0);

    public TelemetryCollector()
    {
        Url = $"http://localhost:{FreePorts.Find(1)[0]}";
        _listener.Prefixes.Add($"{Url}/");
        _listener.Start();
        _ = ReceiveAsync();
    }

    public string Url { get; }

    /// <summary>Waits until a signal (<c>traces</c>, <c>metrics</c>, <c>logs</c>) with a text in it has come.</summary>
    public Task ArrivedAsync(string signal, string text) => ArrivedAsync(signal, body => Encoding.Latin1.GetString(body).Contains(text, StringComparison.Ordinal));

    /// <summary>Waits until a value of a metric has come that has all of these attributes.</summary>
    public Task MetricArrivedAsync(string metric, params (string Name, string Value)[] attributes) => ArrivedAsync(
        "metrics", body => OtlpMetrics.Points(body, metric).Any(point => attributes.All(attribute => point.GetValueOrDefault(attribute.Name) == attribute.Value)));

    public void Dispose()
    {
        _listener.Close();
        _arrived.Dispose();
    }

    private async Task ArrivedAsync(string signal, Predicate<byte[]> isIt)
    {
        using var budget = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        budget.CancelAfter(TimeSpan.FromSeconds(30));
        while (!_received.Any(received => received.Path == $"/v1/{signal}" && isIt(received.Body)))
        {
            await _arrived.WaitAsync(budget.Token);
        }
    }

    private async Task ReceiveAsync()
    {
        while (_listener.IsListening)
        {
            var context = await _listener.GetContextAsync();
            using var body = new MemoryStream();
            await context.Request.InputStream.CopyToAsync(body);
            _received.Enqueue((context.Request.Url!.AbsolutePath, body.ToArray()));
            context.Response.Close();
            _arrived.Release();
        }
    }
}
