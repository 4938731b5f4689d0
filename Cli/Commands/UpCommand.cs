using System.CommandLine;
using PgAspire.Cli.Aspire;
using PgAspire.Cli.Embedded;
using PgAspire.Cli.Monitoring;
using PgAspire.Cli.Output;
using PgAspire.Postgres.Initialization;
using PgAspire.Postgres.Topology;

namespace PgAspire.Cli.Commands;

/// <summary><c>up</c>: brings the topology up.</summary>
internal static class UpCommand
{
    private static readonly Option<bool> Detach = new("--detach", "-d") { Description = "Return when all is ready, and leave it running" };
    private static readonly Option<int?> ApiPort = new("--api-port") { Description = "Port of the sample API (default: any free one, then the same again)", HelpName = "port" };
    private static readonly Option<string> Host = new("--host")
    {
        Description = "Where the servers run: containers of an Aspire app host, or plain processes", DefaultValueFactory = _ => HostChoice.Auto,
    };

    private static readonly Option<int?> MonitorPort = new("--monitor-port") { Description = "Port of the monitor (default: any free one, then the same again)", HelpName = "port" };
    private static readonly Option<bool> NoMonitor = new("--no-monitor") { Description = "Without the monitor" };
    private static readonly Option<bool> NoApi = new("--no-api") { Description = "Without the sample API" };
    private static readonly Option<bool> ResetPasswords = new("--reset-passwords") { Description = "Give every role of every cluster a new password" };

    public static Command Create()
    {
        var command = new Command("up", "Brings the topology up: makes, starts or adopts every instance, and the sample API and the monitor over them.")
        {
            Detach, Host, CommonOptions.Binaries, ApiPort, NoApi, MonitorPort, NoMonitor, ResetPasswords,
        };
        Host.AcceptOnlyFromAmong(HostChoice.Auto, HostChoice.Embedded, HostChoice.Aspire);
        MonitoringOptions.AddTo(command);
        DeclarationOptions.AddTo(command);
        command.SetAction((parse, _) => RunAsync(parse));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parse)
    {
        var declaration = DeclarationOptions.Read(parse);
        var receivers = MonitoringOptions.Read(parse);
        var init = InitBundle.Load(declaration.InitScripts, Path.GetDirectoryName(CommonOptions.TopologyFile(parse))!);
        var request = new UpRequest(new TopologyPlan(declaration), init, parse.GetValue(CommonOptions.Binaries)) { ResetPasswords = parse.GetValue(ResetPasswords) };
        var folder = CommonOptions.StateFolder(parse);
        folder.Prepare();
        using var interruption = new Interruption();
        var choice = await HostChoice.ChooseAsync(parse.GetRequiredValue(Host), new StateStore(folder).Read().Host, interruption.Token);
        var progress = new ConsoleProgress();
        if (choice.Reason is not null)
        {
            progress.Notice($"Host: {choice.Name} ({choice.Reason}).");
        }

        if (choice.IsAspire)
        {
            RefuseEmbeddedOptions(parse);
        }

        IUpHost host = choice.IsAspire
            ? new AspireUp(folder, progress, declaration, CommonOptions.TopologyFile(parse), receivers)
            : new EmbeddedUp(folder, progress, request, Services(parse), receivers);
        return await new UpSession(folder, progress, host).RunAsync(parse.GetValue(Detach), interruption.Token);
    }

    private static void RefuseEmbeddedOptions(ParseResult parse)
    {
        Option[] options = [CommonOptions.Binaries, ApiPort, NoApi, MonitorPort, NoMonitor, ResetPasswords];
        var said = options.Where(option => parse.GetResult(option) is { Implicit: false }).Select(option => option.Name).ToList();
        if (said.Count > 0)
        {
            throw new CliException($"{string.Join(", ", said)}: only for --host embedded, and this is --host aspire.", ExitCodes.WrongInput);
        }
    }

    private static UpServices Services(ParseResult parse) => new(
        !parse.GetValue(NoApi), parse.GetValue(ApiPort), !parse.GetValue(NoMonitor), parse.GetValue(MonitorPort));
}
