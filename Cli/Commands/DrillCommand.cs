using System.CommandLine;
using System.Text.Json;
using PgAspire.Cli.Embedded;
using PgAspire.Postgres.Drills;
using PgAspire.Postgres.Topology;

namespace PgAspire.Cli.Commands;

/// <summary><c>drill</c>: a fault, injected while an application writes, and what it costs.</summary>
internal static class DrillCommand
{
    private static readonly Argument<DrillFault> Fault = new("fault") { Description = "What happens", HelpName = "kill|pause|restart|partition|switchover", CustomParser = ParseFault };
    private static readonly Argument<string> Name = new("name") { Description = "A cluster (its primary) or an instance", HelpName = "cluster|instance" };
    private static readonly Option<int> Times = new("--times") { Description = "How often, one after the other", DefaultValueFactory = _ => 1 };
    private static readonly Option<int> Seconds = new("--seconds") { Description = "How long a pause or partition lasts; the supervisor may end a pause before", DefaultValueFactory = _ => 15 };
    private static readonly Option<bool> Keep = new("--keep") { Description = "Leave the ledger, pgaspire_drill.ledger, in the application database" };

    public static Command Create()
    {
        Times.Validators.Add(result => RequirePositive(result, Times));
        Seconds.Validators.Add(result => RequirePositive(result, Seconds));
        var command = new Command("drill", "Injects a fault while an application writes and reads, and measures outages and lost writes. Exit code 1 where a promise was broken.")
        {
            Fault, Name, Times, Seconds, Keep, CommonOptions.Json,
        };
        command.SetAction((parse, _) => RunAsync(parse));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parse)
    {
        var folder = CommonOptions.StateFolder(parse);
        using var interruption = new Interruption();
        var name = parse.GetRequiredValue(Name);
        var status = await StatusReader.ReadAsync(folder, interruption.Token);
        var found = KnownInstances.Find(status, name);
        var members = status.Instances.Where(known => known.Cluster == found.Cluster).ToList();
        using var only = OperationLock.Take(folder, "drill");
        var supervisor = SupervisorAccess.Of(folder, found.Cluster, members);
        IDrills drills = status.Host == Aspire.HostChoice.Aspire
            ? new Aspire.AspireDrills(found.Cluster, supervisor)
            : await EmbeddedDrills.OfAsync(folder, found.Cluster, interruption.Token);
        var instance = name == found.Cluster ? null : new Instance(found.Cluster, members.IndexOf(found) + 1, name, found.Port);
        var reports = new List<DrillReport>();
        try
        {
            await RunAsync(parse, drills, instance, reports, interruption.Token);
        }
        catch (OperationCanceledException) when (interruption.Token.IsCancellationRequested)
        {
            Console.Error.WriteLine("Interrupted: the fault is taken back, the supervisor mends the rest.");
            return ExitCodes.Interrupted;
        }

        if (parse.GetValue(CommonOptions.Json))
        {
            Console.WriteLine(JsonSerializer.Serialize(reports, DrillJson.Default.IReadOnlyListDrillReport));
        }
        else if (reports.Count > 1)
        {
            Console.WriteLine(DrillText.Summary(reports));
        }

        return reports.TrueForAll(report => report.IsPassed) ? ExitCodes.Done : ExitCodes.Failed;
    }

    private static async Task RunAsync(ParseResult parse, IDrills drills, Instance? instance, List<DrillReport> reports, CancellationToken cancellationToken)
    {
        var options = new DrillOptions { Length = TimeSpan.FromSeconds(parse.GetValue(Seconds)), Keep = parse.GetValue(Keep) };
        for (var time = 0; time < parse.GetValue(Times); time++)
        {
            reports.Add(await drills.RunAsync(parse.GetValue(Fault), instance, options, cancellationToken));
            if (!parse.GetValue(CommonOptions.Json))
            {
                Console.WriteLine(DrillText.Of(reports[^1]));
            }
        }
    }

    private static DrillFault ParseFault(System.CommandLine.Parsing.ArgumentResult result)
    {
        var word = result.Tokens[0].Value;
        if (Enum.GetNames<DrillFault>().FirstOrDefault(name => name.Equals(word, StringComparison.OrdinalIgnoreCase)) is { } name)
        {
            return Enum.Parse<DrillFault>(name);
        }

        result.AddError($"There is no drill {word}: there are {string.Join(", ", Enum.GetNames<DrillFault>()).ToLowerInvariant()}.");
        return default;
    }

    private static void RequirePositive(System.CommandLine.Parsing.OptionResult result, Option<int> option)
    {
        if (result.GetValue(option) < 1)
        {
            result.AddError($"{option.Name} must be at least 1.");
        }
    }
}
