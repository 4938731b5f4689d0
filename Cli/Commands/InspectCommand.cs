using System.CommandLine;
using System.Text.Json.Nodes;
using PgAspire.Cli.Embedded;
using PgAspire.Cli.Output;
using PgAspire.Postgres.Declaration;
using PgAspire.Postgres.Diagnostics;

namespace PgAspire.Cli.Commands;

/// <summary><c>inspect</c>: asks every instance what is wrong, and says what to do.</summary>
internal static class InspectCommand
{
    private const string All = "all";

    private static readonly Argument<string?> What = new("what") { Description = "A diagnostic, or all; the list of them where it is left out", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Argument<string?> Name = new("name") { Description = "A cluster or an instance (default: all)", HelpName = "cluster|instance", Arity = ArgumentArity.ZeroOrOne };

    public static Command Create()
    {
        var command = new Command("inspect", "Looks into every instance, and says what it found and what to do. Exit code 3 where none runs.") { What, Name, CommonOptions.Json };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parse, CancellationToken cancellationToken)
    {
        var isJson = parse.GetValue(CommonOptions.Json);
        if (parse.GetValue(What) is not { } what)
        {
            Write(isJson, () => ReportJson.List(DiagnosticCatalog.All), () => InspectionOutput.WriteList(DiagnosticCatalog.All));
            return ExitCodes.Done;
        }

        var diagnostics = what == All ? DiagnosticCatalog.All : [DiagnosticCatalog.Find(what) ?? throw Unknown(what)];
        var folder = CommonOptions.StateFolder(parse);
        var instances = KnownInstances.Select(await StatusReader.ReadAsync(folder, cancellationToken), parse.GetValue(Name));
        var running = instances.Where(instance => instance.Port is not null && instance.State is not ("stopped" or "unfinished" or "absent")).ToList();
        if (running.Count == 0)
        {
            throw new CliException("No instance runs: pgaspire up starts them.", ExitCodes.NotRunning);
        }

        var reports = await Inspection.RunAsync(diagnostics, new InspectionTargets(folder).Of(running), Inspection.Patience, cancellationToken);
        reports = AddStopped(reports, instances.Except(running));
        Write(
            isJson,
            () => what == All ? ReportJson.Findings(reports) : ReportJson.Of(reports[0]),
            () =>
            {
                if (what == All)
                {
                    InspectionOutput.WriteHealth(reports);
                }
                else
                {
                    InspectionOutput.Write(reports[0]);
                }
            });
        return ExitCodes.Done;
    }

    /// <summary>An instance that does not run is named like one that does not answer.</summary>
    private static IReadOnlyList<DiagnosticReport> AddStopped(IReadOnlyList<DiagnosticReport> reports, IEnumerable<InstanceStatus> stopped)
    {
        var absent = stopped.Select(instance => new InstanceReport(instance.Cluster, instance.Instance, null, []) { Failure = $"it is {instance.State}" }).ToList();
        return absent.Count == 0 ? reports : [.. reports.Select(report => new DiagnosticReport(report.Diagnostic, [.. report.Instances, .. absent]))];
    }

    private static CliException Unknown(string what) => new(
        NearestName.Of(what, DiagnosticCatalog.Names.Append(All)) is { } nearest
            ? $"No diagnostic is called {what}: did you mean {nearest}? pgaspire inspect lists them."
            : $"No diagnostic is called {what}: pgaspire inspect lists them.",
        ExitCodes.WrongInput);

    private static void Write(bool isJson, Func<JsonObject> json, Action show)
    {
        if (isJson)
        {
            Console.WriteLine(json().ToJsonString(ReportJson.Options));
        }
        else
        {
            show();
        }
    }
}
