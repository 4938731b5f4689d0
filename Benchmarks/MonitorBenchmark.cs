using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using PgAspire.Cli;
using PgAspire.Cli.Embedded;
using PgAspire.Cli.Processes;
using PgAspire.Monitor;
using PgAspire.Postgres.Roles;
using PgAspire.Postgres.Topology;

namespace PgAspire.Benchmarks;

/// <summary>What it costs to watch 100 instances, which are a few real ones, each watched many times.</summary>
internal static class MonitorBenchmark
{
    private const int Servers = 4;
    private const int Instances = 100;
    private const double DefaultInterval = 5;
    private const double TicksPerSecond = 100;

    public static async Task<int> RunAsync(int rounds, TimeSpan time, CancellationToken cancellationToken)
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new CliException("Processor time and memory are read from /proc, on Linux only.");
        }

        await using var workspace = new Workspace();
        await workspace.PgaspireAsync(
            ["up", "--detach", "--host", "embedded", "--no-api", "--no-monitor", "--clusters", Servers.ToString(CultureInfo.InvariantCulture)], cancellationToken);
        var store = new StateStore(new StateFolder(workspace.State, workspace.User));
        var (state, secrets) = (store.Read(), store.ReadSecrets());
        var data = state.Instances.Select(known => Path.Combine(workspace.State, "data", $"{known.Cluster}-{known.Ordinal}")).ToList();
        var watched = Enumerable.Range(0, Instances).Select(index => (Known: state.Instances[index % Servers], Data: data[index % Servers], Name: $"i{index + 1}"))
            .Select(entry => new WatchedInstance(entry.Known.Cluster, entry.Name, ConnectionStrings.For(
                [new("127.0.0.1", entry.Known.Port)], state.Database, RoleNames.Monitor, secrets[entry.Known.Cluster].Monitor)) { DataDirectory = entry.Data })
            .ToList();

        Console.WriteLine($"{Environment.ProcessorCount} cores; {Instances} instances, which are {Servers} servers; all on one machine.\n");
        await CollectAsync(watched, data, rounds, cancellationToken);
        await StayAsync(workspace, watched, time, cancellationToken);
        return ExitCodes.Done;
    }

    /// <summary>The wall time of a round of all instances at once, and what it costs on both sides.</summary>
    private static async Task CollectAsync(List<WatchedInstance> watched, List<string> data, int rounds, CancellationToken cancellationToken)
    {
        var settings = new MonitorSettings(TimeSpan.FromSeconds(DefaultInterval), TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(30));
        var watchers = watched.Select(instance => new InstanceWatcher(instance, settings, TimeProvider.System, NullLogger<InstanceWatcher>.Instance)).ToList();
        Task RoundAsync() => Task.WhenAll(watchers.Select(watcher => Task.Run(() => watcher.AskAsync(cancellationToken), cancellationToken)));

        var first = await Statistics.SecondsAsync(RoundAsync);
        await RoundAsync();
        var (servers, own) = (data.Sum(ServerSeconds), Process.GetCurrentProcess().TotalProcessorTime);
        var walls = new List<double>();
        for (var round = 0; round < rounds; round++)
        {
            walls.Add(await Statistics.SecondsAsync(RoundAsync));
        }

        var asked = (double)rounds * Instances;
        var (serverShare, ownShare) = ((data.Sum(ServerSeconds) - servers) / asked / DefaultInterval, (Process.GetCurrentProcess().TotalProcessorTime - own).TotalSeconds / asked / DefaultInterval);
        if (watchers.Count(watcher => watcher.State.Answers) is var answered and < Instances)
        {
            throw new CliException($"Only {answered} of {Instances} instances answered.");
        }

        Statistics.Heading("collecting all instances", "first, with connecting", "median", "slowest", "of a server's core at 5 s", "of the monitor's core an instance");
        Statistics.Row($"{rounds} rounds", Statistics.Seconds(first), Statistics.Seconds(Statistics.Median(walls)), Statistics.Seconds(walls.Max()), Percent(serverShare), Percent(ownShare));
        await Task.WhenAll(watchers.Select(watcher => watcher.DisposeAsync().AsTask()));
    }

    /// <summary>The monitor's own memory and processor time, at an interval of 1 s and read every 5 s as Prometheus does.</summary>
    private static async Task StayAsync(Workspace workspace, List<WatchedInstance> watched, TimeSpan time, CancellationToken cancellationToken)
    {
        var url = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Ports.FindFree(1)[0]}"));
        var environment = new Dictionary<string, string?> { ["ASPNETCORE_URLS"] = url.ToString(), ["Monitor__Interval"] = "1" };
        foreach (var (index, instance) in watched.Index())
        {
            environment[$"Instances__{index}__Cluster"] = instance.Cluster;
            environment[$"Instances__{index}__Name"] = instance.Name;
            environment[$"Instances__{index}__ConnectionString"] = instance.ConnectionString;
            environment[$"Instances__{index}__DataDirectory"] = instance.DataDirectory;
        }

        var program = new ExternalProgram("dotnet", SiblingAssembly.Find("Monitor", "PgAspire.Monitor.dll")) { Environment = environment };
        var process = DetachedProcess.Start(program, Path.Combine(workspace.Root, "monitor.log"));
        try
        {
            using var client = new HttpClient { BaseAddress = url };
            await Wait.UntilAsync(() => !Ports.IsFree(url.Port), TimeSpan.FromSeconds(60), cancellationToken);
            Console.WriteLine();
            Statistics.Heading("monitor at 1 s", "resident", "processor", "/metrics", "read in");
            var watch = Stopwatch.StartNew();
            var (lastCpu, lastTime) = (Seconds(process.Id), watch.Elapsed);
            for (var next = TimeSpan.FromSeconds(5); next <= time; next += TimeSpan.FromSeconds(5))
            {
                await Task.Delay(next - watch.Elapsed is var left && left > TimeSpan.Zero ? left : TimeSpan.Zero, cancellationToken);
                var text = "";
                var seconds = await Statistics.SecondsAsync(async () => text = await client.GetStringAsync(new Uri("/metrics", UriKind.Relative), cancellationToken));
                if (next.TotalSeconds % 30 == 0)
                {
                    var cpu = Seconds(process.Id);
                    Statistics.Row(
                        Statistics.Seconds(watch.Elapsed.TotalSeconds), Megabytes(Resident(process.Id)), Percent((cpu - lastCpu) / (watch.Elapsed - lastTime).TotalSeconds),
                        Megabytes(text.Length), Statistics.Seconds(seconds));
                    (lastCpu, lastTime) = (cpu, watch.Elapsed);
                }
            }
        }
        finally
        {
            await process.StopAsync(TimeSpan.FromSeconds(10), CancellationToken.None);
        }
    }

    private static double ServerSeconds(string data)
    {
        var postmaster = PostmasterFile.ReadOfRunning(data)!.ProcessId;
        return new[] { postmaster }.Concat(File.ReadAllText($"/proc/{postmaster}/task/{postmaster}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(text => int.Parse(text, CultureInfo.InvariantCulture))).Sum(Seconds);
    }

    private static double Seconds(int process)
    {
        var text = File.ReadAllText($"/proc/{process}/stat");
        var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
        return (long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture)) / TicksPerSecond;
    }

    private static double Resident(int process) => File.ReadLines($"/proc/{process}/status").Where(line => line.StartsWith("VmRSS:", StringComparison.Ordinal))
        .Select(line => double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024).Single();

    private static string Megabytes(double bytes) => (bytes / 1024 / 1024).ToString("0.0 MiB", CultureInfo.InvariantCulture);

    private static string Percent(double share) => (share * 100).ToString("0.00 '%'", CultureInfo.InvariantCulture);
}
