using System.CommandLine;
using System.Text.Json;
using PgAspire.Cli.Embedded;
using PgAspire.Cli.Output;

namespace PgAspire.Cli.Commands;

/// <summary><c>status</c>: what runs, and where.</summary>
internal static class StatusCommand
{
    public static Command Create()
    {
        var command = new Command("status", "Shows every instance and the addresses. Exit code 0 where all run, 3 otherwise.") { CommonOptions.Json };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parse, CancellationToken cancellationToken)
    {
        var status = await StatusReader.ReadAsync(CommonOptions.StateFolder(parse), cancellationToken);
        if (parse.GetValue(CommonOptions.Json))
        {
            Console.WriteLine(JsonSerializer.Serialize(status, StatusJson.Default.TopologyStatus));
        }
        else if (status.Instances.Count == 0)
        {
            Console.WriteLine("No topology is here yet: pgaspire up makes it.");
        }
        else
        {
            StatusTable.Write(status);
        }

        return status.State == "running" ? ExitCodes.Done : ExitCodes.NotRunning;
    }
}
