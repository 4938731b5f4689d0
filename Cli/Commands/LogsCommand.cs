using System.CommandLine;
using PgAspire.Cli.Aspire;
using PgAspire.Cli.Embedded;
using PgAspire.Cli.Monitoring;

namespace PgAspire.Cli.Commands;

/// <summary><c>logs</c>: what a server or a service wrote.</summary>
internal static class LogsCommand
{
    private static readonly Argument<string> Name = new("instance") { Description = "An instance, a cluster of one, api, monitor, supervisor, prometheus, or alertmanager" };
    private static readonly Option<bool> Follow = new("--follow", "-f") { Description = "Go on with what comes, until Ctrl+C" };
    private static readonly Option<int> Lines = new("--lines", "-n") { Description = "How many of the last lines", DefaultValueFactory = _ => 100 };
    private static readonly string[] Services = [ApiProgram.Name, MonitorProgram.Name, Supervision.Name, MonitoringStack.Prometheus, MonitoringStack.Alertmanager];
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    public static Command Create()
    {
        var command = new Command("logs", "Shows the end of a log.") { Name, Follow, Lines };
        command.SetAction((parse, _) => RunAsync(parse));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parse)
    {
        var folder = CommonOptions.StateFolder(parse);
        using var interruption = new Interruption();
        var name = parse.GetRequiredValue(Name);
        if (new StateStore(folder).Read().Host == HostChoice.Aspire)
        {
            return await AspireAsync(folder, name, parse.GetValue(Lines), parse.GetValue(Follow), interruption.Token);
        }

        var path = await PathAsync(folder, name, interruption.Token);
        if (!File.Exists(path))
        {
            throw new CliException($"{path} is not there: nothing was logged yet.", ExitCodes.NotRunning);
        }

        await using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(stream);
        var last = new Queue<string>();
        while (await reader.ReadLineAsync(interruption.Token) is { } line)
        {
            last.Enqueue(line);
            if (last.Count > Math.Max(0, parse.GetValue(Lines)))
            {
                last.Dequeue();
            }
        }

        foreach (var line in last)
        {
            Console.WriteLine(line);
        }

        return parse.GetValue(Follow) ? await FollowAsync(reader, interruption.Token) : ExitCodes.Done;
    }

    private static async Task<int> AspireAsync(StateFolder folder, string name, int lines, bool follow, CancellationToken cancellationToken)
    {
        if (Services.Contains(name))
        {
            throw new CliException($"The log of the {name} is on the Aspire dashboard: pgaspire status names its address.", ExitCodes.WrongInput);
        }

        return await AspireSession.LogsAsync(folder, KnownInstances.Find(await StatusReader.ReadAsync(folder, cancellationToken), name), lines, follow);
    }

    private static async Task<string> PathAsync(StateFolder folder, string name, CancellationToken cancellationToken)
    {
        if (Services.Contains(name))
        {
            return folder.ServiceLog(name);
        }

        var instance = KnownInstances.Find(await StatusReader.ReadAsync(folder, cancellationToken), name);
        return Path.Combine(folder.Logs, Path.GetFileName(instance.DataDirectory) + ".log");
    }

    private static async Task<int> FollowAsync(StreamReader reader, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                var text = await reader.ReadToEndAsync(cancellationToken);
                Console.Write(text);
                await Task.Delay(Interval, cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            return ExitCodes.Done;
        }
    }
}
