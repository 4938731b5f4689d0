using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using PgAspire.Postgres.Probing;

namespace PgAspire.Benchmarks.AppHostStart;

/// <summary>Measures the start of N clusters in alternating runs, and writes medians and ratios as a table.</summary>
internal static class Runner
{
    private const string Cold = "pgaspire, first ever";
    private const string Warm = "pgaspire";
    private const string Docker = "docker run";
    private const string PreparedVolume = "pgaspire-prepared-scopes";
    private const string Image = "postgres:18.6";

    public static async Task<int> RunAsync(string[] args)
    {
        var rounds = int.Parse(Option(args, "--rounds") ?? "5", CultureInfo.InvariantCulture);
        var counts = (Option(args, "--counts") ?? "3,6").Split(',').Select(text => int.Parse(text, CultureInfo.InvariantCulture));
        Console.WriteLine("| clusters | way | median s | min s | max s | × stock | × docker run |");
        Console.WriteLine("| ---: | --- | ---: | ---: | ---: | ---: | ---: |");
        var scopes = new List<string>();
        foreach (var count in counts)
        {
            var times = new Dictionary<string, List<double>> { [MeasuredHost.Stock] = [], [Docker] = [], [Cold] = [], [Warm] = [] };
            for (var round = 0; round < rounds; round++)
            {
                times[MeasuredHost.Stock].Add(await HostAsync(MeasuredHost.Stock, count, scopes));
                await ForgetPreparedAsync();
                times[Cold].Add(await HostAsync(MeasuredHost.PgAspire, count, scopes));
                times[Docker].Add(await DockerRunAsync(count, scopes));
                times[Warm].Add(await HostAsync(MeasuredHost.PgAspire, count, scopes));
            }

            foreach (var (way, values) in times)
            {
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {count} | {way} | {Median(values):0.00} | {values.Min():0.00} | {values.Max():0.00} | {Median(values) / Median(times[MeasuredHost.Stock]):0.00} | {Median(values) / Median(times[Docker]):0.00} |"));
            }
        }

        await RemoveVolumesAsync(scopes);
        return 0;
    }

    /// <summary>From the start of an app host's process to all databases healthy, on new data.</summary>
    private static async Task<double> HostAsync(string kind, int count, List<string> scopes)
    {
        scopes.Add($"bench-{Guid.NewGuid():n}"[..14]);
        var start = new ProcessStartInfo("dotnet", [typeof(Runner).Assembly.Location, "host", kind, $"{count}"])
        {
            RedirectStandardOutput = true,
            Environment = { ["PgAspire__Scope"] = scopes[^1], ["ASPIRE_ENABLE_CONTAINER_TUNNEL"] = "false" },
        };
        var clock = Stopwatch.StartNew();
        double? ready = null;
        using (var process = Process.Start(start)!)
        {
            while (await process.StandardOutput.ReadLineAsync() is { } line)
            {
                ready ??= line == MeasuredHost.Ready ? clock.Elapsed.TotalSeconds : null;
            }

            await process.WaitForExitAsync();
        }

        return ready ?? throw new InvalidOperationException($"The {kind} host with {count} clusters ended before it was ready.");
    }

    /// <summary>
    /// Volumes are removed after the last run only: ext4 passes over recently deleted inodes when it makes files, so that
    /// every run after a removal would be measured with it.
    /// </summary>
    private static async Task RemoveVolumesAsync(IEnumerable<string> scopes)
    {
        var filters = scopes.SelectMany(scope => new[] { "--filter", $"name={scope}" }).ToList();
        var patience = Stopwatch.StartNew();
        while (await EngineAsync(["volume", "ls", "-q", .. filters]) is { Length: > 0 } names && patience.Elapsed < TimeSpan.FromMinutes(1))
        {
            // Aspire removes its containers some time after the app host's end.
            await EngineAsync(["volume", "rm", .. names.Split('\n', StringSplitOptions.RemoveEmptyEntries)]);
        }
    }

    /// <summary>Makes the prepared data directory's volume look unused.</summary>
    private static Task ForgetPreparedAsync() => EngineAsync(
        "run", "--rm", "-v", $"{PreparedVolume}:/prepared", "--entrypoint", "bash", Image,
        "-c", "for folder in /prepared/*/; do mv \"$folder\" \"/prepared/.old-$RANDOM\"; done");

    /// <summary>The engine alone: N containers started in parallel, until each asks the superuser for its password.</summary>
    private static async Task<double> DockerRunAsync(int count, List<string> scopes)
    {
        scopes.Add($"bench-{Guid.NewGuid():n}"[..14]);
        var clock = Stopwatch.StartNew();
        var names = await Task.WhenAll(Enumerable.Range(1, count).Select(number => StartAsync($"{scopes[^1]}-{number}")));
        var seconds = clock.Elapsed.TotalSeconds;
        await EngineAsync(["rm", "-f", .. names]);
        return seconds;
    }

    private static async Task<string> StartAsync(string name)
    {
        var port = FreePort();
        await EngineAsync("run", "-d", "--name", name, "-p", $"127.0.0.1:{port}:5432", "-e", "POSTGRES_PASSWORD=bench", "-e", "POSTGRES_DB=app",
            "-v", $"{name}:/var/lib/postgresql", Image);
        while (!(await StartupProbe.AskAsync("127.0.0.1", port, "postgres", "app", CancellationToken.None)).AsksForPassword)
        {
            await Task.Delay(20);
        }

        return name;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task<string> EngineAsync(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("docker", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await error;
        await process.WaitForExitAsync();
        return output;
    }

    private static string? Option(string[] args, string name) =>
        Array.IndexOf(args, name) is >= 0 and var index && index + 1 < args.Length ? args[index + 1] : null;

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
