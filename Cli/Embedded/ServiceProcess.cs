using System.Globalization;
using PgAspire.Cli.Processes;

namespace PgAspire.Cli.Embedded;

/// <summary>A web service of the topology, as a process that outlives the command that started it.</summary>
/// <param name="name">Its name: of its log, its telemetry, and its entry in the state.</param>
internal sealed class ServiceProcess(StateFolder folder, IProgressSink progress, string name)
{
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(15);
    private readonly StateStore _store = new(folder);

    /// <summary>Starts the service, or leaves a running one that was started with the same.</summary>
    /// <param name="program">What to start.</param>
    /// <param name="port">Its port; null for the one it had, or any free one.</param>
    /// <returns>Its address.</returns>
    /// <exception cref="CliException">The port is taken, or it does not come up.</exception>
    public async Task<string> UpAsync(ServiceProgram program, int? port, CancellationToken cancellationToken)
    {
        var fingerprint = program.Fingerprint();
        var known = Known();
        if (known is not null && known.Process.IsAlive())
        {
            if (known.Fingerprint == fingerprint && (port is null || new Uri(known.Url).Port == port) && await IsAliveAsync(program, known.Url, cancellationToken))
            {
                progress.Report(name, "running");
                return known.Url;
            }

            progress.Report(name, "restarting");
            await known.Process.StopAsync(StopPatience, cancellationToken);
        }

        var url = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{ChoosePort(port, known?.Url)}");
        progress.Report(name, "starting");
        var process = DetachedProcess.Start(program.CommandFor(name, url), folder.ServiceLog(name));
        _store.Update(state => state with { Services = new Dictionary<string, KnownService>(state.Services) { [name] = new(process, url, fingerprint) } });
        await WaitUntilAliveAsync(program, process, url, cancellationToken);
        progress.Report(name, "ready");
        return url;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (Known() is { } known && known.Process.IsAlive())
        {
            progress.Report(name, "stopping");
            await known.Process.StopAsync(StopPatience, cancellationToken);
            progress.Report(name, "stopped");
        }
    }

    private KnownService? Known() => _store.Read().Services.GetValueOrDefault(name);

    private int ChoosePort(int? said, string? lastUrl)
    {
        if (said is { } wanted)
        {
            return Ports.IsFree(wanted) ? wanted : throw new CliException($"Port {wanted} of the {name} is taken{PortOwner.Describe(wanted)}. Choose another one with --{name}-port.");
        }

        return lastUrl is not null && Ports.IsFree(new Uri(lastUrl).Port) ? new Uri(lastUrl).Port : Ports.FindFree(1)[0];
    }

    private async Task WaitUntilAliveAsync(ServiceProgram program, DetachedProcess process, string url, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(StartPatience);
        while (!await IsAliveAsync(program, url, cancellationToken))
        {
            if (!process.IsAlive() || patience.IsCancellationRequested)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var log = folder.ServiceLog(name);
                throw new CliException($"The {name} does not come up; the end of its log {log}:{Environment.NewLine}{string.Join(Environment.NewLine, File.ReadLines(log).TakeLast(5))}");
            }

            await Task.Delay(20, cancellationToken);
        }
    }

    private static async Task<bool> IsAliveAsync(ServiceProgram program, string url, CancellationToken cancellationToken)
    {
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        try
        {
            using var response = await client.GetAsync(new Uri(new Uri(url), program.AlivePath), cancellationToken);
            return response.IsSuccessStatusCode;
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }
}
