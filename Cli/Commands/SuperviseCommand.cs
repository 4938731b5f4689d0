using System.CommandLine;
using System.Globalization;
using PgAspire.Cli.Embedded;

namespace PgAspire.Cli.Commands;

/// <summary><c>supervise</c>: what <c>up</c> starts for clusters with replicas; not for people.</summary>
internal static class SuperviseCommand
{
    private static readonly Option<string> Token = new("--token") { Description = "What the state names as the supervisor that may act", Required = true };

    public static Command Create()
    {
        var command = new Command("supervise", "Keeps clusters with replicas whole. up starts it.") { Hidden = true };
        command.Options.Add(Token);
        command.SetAction((parse, _) => RunAsync(parse));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parse)
    {
        using var interruption = new Interruption();
        await using var supervision = new Supervision(CommonOptions.StateFolder(parse), parse.GetRequiredValue(Token), Log);
        try
        {
            await supervision.RunAsync(interruption.Token);
        }
        catch (OperationCanceledException) when (interruption.Token.IsCancellationRequested)
        {
            Log("stopped; the servers go on");
        }

        return ExitCodes.Done;
    }

    private static void Log(string message) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{TimeProvider.System.GetUtcNow():yyyy-MM-dd HH:mm:ss.fff} UTC {message}"));
}
