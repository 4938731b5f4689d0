using System.Globalization;
using PgAspire.Cli.Processes;
using PgAspire.Postgres.Configuration;
using PgAspire.Postgres.Control;
using PgAspire.Postgres.Topology;

namespace PgAspire.Cli.Embedded;

/// <summary>Starts and stops instances as processes of an installed PostgreSQL.</summary>
internal sealed class EmbeddedController(
    StateFolder folder, PostgresInstallation postgres, IReadOnlyDictionary<string, string> settings) : IInstanceController
{
    private static readonly TimeSpan StartPatience = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan StopPatience = TimeSpan.FromMinutes(2);
    private const long LargestLog = 10_000_000;

    /// <summary>Of every instance, but for where it listens.</summary>
    public IReadOnlyDictionary<string, string> Settings => settings;

    public PostmasterFile? Running(Instance instance) => PostmasterFile.ReadOfRunning(folder.Data(instance));

    public bool IsRunning(Instance instance) => Running(instance) is not null;

    /// <inheritdoc/>
    /// <exception cref="CliException">It does not start; says why, from its log.</exception>
    public async Task StartAsync(Instance instance, CancellationToken cancellationToken)
    {
        var data = folder.Data(instance);
        Configure(instance);
        var log = folder.Log(instance);
        KeepLogSmall(log);
        await PostmasterFile.LetStartAsync(data, cancellationToken);
        var logStart = File.Exists(log) ? new FileInfo(log).Length : 0;

        // pg_ctl detaches the server, and looks for it ten times a second; the file is looked at more often than that.
        var start = new ExternalProgram(
            postgres.Program("pg_ctl"), "start", "-s", "-w", "-t", StartPatience.TotalSeconds.ToString(CultureInfo.InvariantCulture), "-D", ForShell(data), "-l", ForShell(log))
        {
            WorkingFolder = folder.Root,
        };
        // Killed, it would take the server with it.
        var starting = folder.User.Wrap(start).RunAsync(CancellationToken.None);
        try
        {
            await Wait.UntilAsync(() => starting.IsCompleted || Running(instance) is { AcceptsConnections: true }, StartPatience, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // Whoever cancels stops what runs: what is about to must be seen running.
            await Wait.UntilAsync(() => starting.IsCompleted || IsRunning(instance), StartPatience, CancellationToken.None);
            throw;
        }

        if (Running(instance) is { AcceptsConnections: true })
        {
            return;
        }

        var result = await starting;
        if (Running(instance) is not { AcceptsConnections: true })
        {
            throw StartFailure.Explain(instance, data, log, logStart, result.Error);
        }
    }

    /// <summary>Waits until a server that a killed command left on its way up or down has got there.</summary>
    public Task SettleAsync(Instance instance, CancellationToken cancellationToken) =>
        Wait.UntilAsync(() => Running(instance) is null or { AcceptsConnections: true }, StartPatience, cancellationToken);

    /// <inheritdoc/>
    /// <exception cref="CliException">It is still there after two minutes.</exception>
    public async Task StopAsync(Instance instance, ShutdownMode mode, CancellationToken cancellationToken)
    {
        if (Running(instance) is not { } server)
        {
            return;
        }

        if (OperatingSystem.IsWindows())
        {
            await ControlAsync(instance, ["stop", "-W", "-m", mode == ShutdownMode.Fast ? "fast" : "immediate"], cancellationToken);
        }
        else
        {
            // What pg_ctl does, without two programs in the time that a change of the primary takes.
            Native.Signal(server.ProcessId, mode == ShutdownMode.Fast ? Native.SigInt : Native.SigQuit);
        }

        // Its file goes a moment before the process does.
        var process = DetachedProcess.Find(server.ProcessId);
        if (!await Wait.UntilAsync(() => process?.IsAlive() != true && Running(instance)?.ProcessId != server.ProcessId, StopPatience, cancellationToken))
        {
            throw new CliException($"{instance.Name} does not stop; its log: {folder.Log(instance)}");
        }
    }

    /// <summary>Writes the configuration files, and has a running server read them.</summary>
    /// <returns>Names of the settings that have changed.</returns>
    /// <exception cref="CliException">The server would refuse them; the files are again as they were.</exception>
    public async Task<IReadOnlyList<string>> ReconfigureAsync(Instance instance, CancellationToken cancellationToken)
    {
        var content = File.ReadAllText(ConfigurationFile(instance));
        var before = ConfigurationLines(instance);
        Configure(instance);
        var changed = before.Except(ConfigurationLines(instance)).Concat(ConfigurationLines(instance).Except(before))
            .Select(line => line.Split(" = ")[0]).Distinct().ToList();
        if (changed.Count > 0)
        {
            try
            {
                await CheckSettingsAsync(instance, cancellationToken);
            }
            catch
            {
                folder.WriteOwned(ConfigurationFile(instance), content);
                throw;
            }

            await ReloadAsync(instance, cancellationToken);
        }

        return changed;
    }

    /// <summary>Has the program itself read the files: a running server would only log what is wrong, and not start again.</summary>
    private async Task CheckSettingsAsync(Instance instance, CancellationToken cancellationToken)
    {
        var result = await folder.User.Wrap(new(postgres.Program("postgres"), "-D", folder.Data(instance), "-C", "port")).RunAsync(cancellationToken);
        if (result.ExitCode != 0)
        {
            throw new CliException($"{instance.Name} goes on as it was, a declared setting is wrong: {StartFailure.WrongSettings(result.Error.Split('\n'))}");
        }
    }

    /// <summary>Has a running server read its configuration files.</summary>
    public Task ReloadAsync(Instance instance, CancellationToken cancellationToken) =>
        IsRunning(instance) ? ControlAsync(instance, ["reload"], cancellationToken) : Task.CompletedTask;

    private async Task ControlAsync(Instance instance, IReadOnlyList<string> words, CancellationToken cancellationToken)
    {
        var result = await folder.User.Wrap(new(postgres.Program("pg_ctl"), [.. words, "-s", "-D", folder.Data(instance)])).RunAsync(cancellationToken);
        if (result.ExitCode != 0 && IsRunning(instance))
        {
            throw new CliException($"{instance.Name}: pg_ctl {words[0]} failed: {result.Error.Trim()}");
        }
    }

    private string ConfigurationFile(Instance instance) => Path.Combine(folder.Data(instance), "postgresql.conf");

    private HashSet<string> ConfigurationLines(Instance instance) => [.. File.ReadAllLines(ConfigurationFile(instance))];

    private void Configure(Instance instance)
    {
        var port = instance.Port ?? throw new InvalidOperationException($"{instance.Name} has been given no port.");
        var all = ListenSettings.For(port, folder.Sockets, instance.Name).Concat(settings).ToDictionary();
        folder.WriteOwned(
            ConfigurationFile(instance),
            "# Written by PgAspire at every start: change settings in topology.json. ALTER SYSTEM works as everywhere.\n" + ServerSettings.ToFile(all));
        folder.WriteOwned(Path.Combine(folder.Data(instance), "pg_hba.conf"), HostBasedAuthentication.Loopback);
    }

    /// <summary>pg_ctl hands these paths to a shell within double quotes: where the state folder's name means something there, they go without it.</summary>
    private string ForShell(string path) => path.AsSpan().ContainsAny('"', '$', '`') || path.Contains('\\', StringComparison.Ordinal) && !OperatingSystem.IsWindows()
        ? Path.GetRelativePath(folder.Root, path)
        : path;

    private static void KeepLogSmall(string log)
    {
        if (File.Exists(log) && new FileInfo(log).Length > LargestLog)
        {
            File.Move(log, log + ".1", overwrite: true);
        }
    }
}
