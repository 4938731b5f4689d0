using System.Diagnostics;
using System.Text;
using PgAspire.Tests.Support;

namespace PgAspire.Tests.Monitor;

/// <summary>A monitor of a test's own, over instances that the test names.</summary>
public sealed class MonitorProcess : IAsyncDisposable
{
    private static readonly HttpClient Client = new();
    private readonly StringBuilder _log = new();
    private readonly Process _process;
    private string? _url;

    public MonitorProcess(params IReadOnlyList<(string Cluster, string Name, string ConnectionString)> instances)
        : this(drills: null, instances)
    {
    }

    public MonitorProcess(string? drills, IReadOnlyList<(string Cluster, string Name, string ConnectionString)> instances)
    {
        var start = new ProcessStartInfo("dotnet", typeof(PgAspire.Monitor.MonitorSettings).Assembly.Location) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["ASPNETCORE_URLS"] = "http://127.0.0.1:0";
        (start.Environment["Monitor__Interval"], start.Environment["Monitor__Timeout"]) = ("1", "2");
        start.Environment["Drills__0"] = drills ?? "";
        foreach (var (index, (cluster, name, connectionString)) in instances.Index())
        {
            start.Environment[$"Instances__{index}__Cluster"] = cluster;
            start.Environment[$"Instances__{index}__Name"] = name;
            start.Environment[$"Instances__{index}__ConnectionString"] = connectionString;
        }

        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public string Log
    {
        get
        {
            lock (_log)
            {
                return _log.ToString();
            }
        }
    }

    public async Task<Scrape> ScrapeAsync()
    {
        const string Marker = "Now listening on: ";
        if (_url is null)
        {
            await Until.TrueAsync(() => Log.Contains(Marker, StringComparison.Ordinal) || _process.HasExited, "the monitor listens");
            Assert.False(_process.HasExited, Log);
            _url = Log[(Log.IndexOf(Marker, StringComparison.Ordinal) + Marker.Length)..].Split('\n')[0].Trim();
        }

        return new(await Client.GetStringAsync($"{_url}/metrics"));
    }

    public Task SeeAsync(string metric, Func<double?, bool> isSo, params string[] labels) => Until.TrueAsync(
        async () => isSo((await ScrapeAsync()).Of(metric, labels)), $"{metric} {string.Join(' ', labels)} gets there");

    public async Task<int> EndAsync()
    {
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private void Keep(string? line)
    {
        lock (_log)
        {
            _log.Append(line).Append('\n');
        }
    }
}
