using System.Globalization;
using PgAspire.Cli.Embedded;
using PgAspire.Cli.Processes;
using PgAspire.Postgres.Declaration;

namespace PgAspire.Cli.Aspire;

/// <summary>The Aspire app host as a process that outlives the command that started it.</summary>
internal sealed class AppHostProcess(StateFolder folder, IProgressSink progress)
{
    private const string Project = "AppHost";
    private const string Assembly = "PgAspire.AppHost.dll";

    /// <summary>An image may have to be fetched over a slow line meanwhile.</summary>
    private static readonly TimeSpan StandstillPatience = TimeSpan.FromMinutes(15);

    private static readonly TimeSpan StopPatience = TimeSpan.FromMinutes(2);
    private readonly StateStore _store = new(folder);

    public static bool IsBuilt => SiblingAssembly.TryFind(Project, Assembly) is not null;

    public string LogFile => Path.Combine(folder.Logs, "apphost.log");

    public AppHostDocument? Document => AppHostDocument.Read(folder.AppHostFile);

    /// <summary>Starts the app host, and returns when every cluster is ready and the API answers.</summary>
    /// <param name="declaration">What it is to run, overrides and all.</param>
    /// <param name="more">What else its environment has.</param>
    /// <exception cref="CliException">It ends, or an instance fails.</exception>
    public async Task UpAsync(
        TopologyDeclaration declaration, string topologyFile, IReadOnlyDictionary<string, string?> more, CancellationToken cancellationToken)
    {
        if (_store.Read().AppHost is { } running && running.IsAlive())
        {
            progress.Report("app host", "restarting with what was declared now");
            await StopAsync(cancellationToken);
        }

        File.Delete(folder.AppHostFile);
        progress.Report("app host", "starting");
        var assembly = SiblingAssembly.Find(Project, Assembly);
        var program = new ExternalProgram("dotnet", assembly)
        {
            Environment = new Dictionary<string, string?>(EnvironmentOf(declaration, topologyFile).Concat(more)),
            WorkingFolder = Path.GetDirectoryName(assembly),
        };
        var process = DetachedProcess.Start(program, LogFile);
        _store.Write(_store.Read() with { Host = HostChoice.Aspire, AppHost = process });
        try
        {
            await WaitAsync(process, cancellationToken);
        }
        finally
        {
            // The next start's file has only what is declared then.
            _store.Update(state => state with { Volumes = AspireSession.VolumesOf(folder, state) });
        }
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_store.Read().AppHost is { } running && running.IsAlive())
        {
            progress.Report("app host", "stopping");
            await running.StopAsync(StopPatience, cancellationToken);
        }

        await WaitForContainersAsync(cancellationToken);
    }

    /// <summary>Aspire's orchestrator shuts the containers down after the app host has ended.</summary>
    private async Task WaitForContainersAsync(CancellationToken cancellationToken)
    {
        var containers = Document?.Instances.Select(instance => instance.Container).OfType<string>().ToHashSet() ?? [];
        var deadline = TimeProvider.System.GetUtcNow() + StopPatience;
        while (containers.Count > 0 && containers.Overlaps(await ContainerEngine.RunningAsync(cancellationToken)))
        {
            if (TimeProvider.System.GetUtcNow() > deadline)
            {
                throw new CliException($"Of the containers {string.Join(", ", containers)} some still run: {ContainerEngine.Program} stop ends them.");
            }

            await Task.Delay(200, cancellationToken);
        }

        foreach (var container in containers)
        {
            progress.Report(container, "stopped");
        }
    }

    private async Task WaitAsync(DetachedProcess process, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (Document is { } document)
            {
                foreach (var instance in document.Instances)
                {
                    progress.Report(instance.Instance, instance.State);
                }

                if (document is { State: "ready", Api: not null })
                {
                    return;
                }

                if (document.State == "failed")
                {
                    // What a person has to mend is mended where it runs: by a command of the dashboard, or by asking a supervisor.
                    if (document.Problems.Count == 0)
                    {
                        await process.StopAsync(StopPatience, cancellationToken);
                    }

                    throw new CliException(string.Join(Environment.NewLine, document.Failures));
                }

                if (TimeProvider.System.GetUtcNow() - File.GetLastWriteTimeUtc(folder.AppHostFile) > StandstillPatience)
                {
                    await process.StopAsync(StopPatience, cancellationToken);
                    throw new CliException(
                        $"Nothing has changed for {StandstillPatience.TotalMinutes:0} minutes, and these are not ready: {string.Join(", ", document.Waiting)}. The app host was stopped; its log is {LogFile}");
                }
            }

            if (!process.IsAlive())
            {
                throw new CliException($"The app host ended: {AppHostLog.ReasonOf(File.ReadLines(LogFile))}{Environment.NewLine}Its log is {LogFile}");
            }

            await Task.Delay(100, cancellationToken);
        }
    }

    /// <summary>What <c>dotnet run</c> would take from the launch profile, with ports of its own: another app host may run.</summary>
    private Dictionary<string, string?> EnvironmentOf(TopologyDeclaration declaration, string topologyFile)
    {
        var ports = Ports.FindFree(3);
        string Url(int index) => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{ports[index]}");
        var environment = new Dictionary<string, string?>
        {
            ["DOTNET_ENVIRONMENT"] = "Development",
            ["ASPNETCORE_ENVIRONMENT"] = "Development",
            ["ASPIRE_ALLOW_UNSECURED_TRANSPORT"] = "true",
            ["ASPNETCORE_URLS"] = Url(0),
            ["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"] = Url(1),
            ["ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL"] = Url(2),
            ["Logging__LogLevel__Default"] = "Warning",
            ["PgAspire__StateFile"] = folder.AppHostFile,
            ["Topology__Name"] = declaration.Name,
            ["Topology__Version"] = declaration.Version.ToString(CultureInfo.InvariantCulture),
            ["Topology__Clusters"] = declaration.Clusters.ToString(CultureInfo.InvariantCulture),
            ["Topology__Instances"] = declaration.Instances.ToString(CultureInfo.InvariantCulture),
            ["Topology__Database"] = declaration.Database,
            ["Topology__InitScripts"] = declaration.InitScripts.Length == 0 ? "" : Path.GetFullPath(declaration.InitScripts, Path.GetDirectoryName(topologyFile)!),
            ["Topology__FirstPort"] = declaration.FirstPort?.ToString(CultureInfo.InvariantCulture),
            ["Topology__Durability"] = declaration.Durability.ToString(),
            ["Topology__Synchronous"] = declaration.Synchronous?.ToString(),
            ["Topology__UnresponsiveAfter"] = declaration.UnresponsiveAfter.ToString(CultureInfo.InvariantCulture),
        };
        foreach (var (name, value) in declaration.Settings)
        {
            environment[$"Topology__Settings__{name}"] = value;
        }

        return environment;
    }
}
