using System.CommandLine;
using PgAspire.Cli;
using PgAspire.Cli.Commands;
using PgAspire.Postgres.Declaration;

var root = new RootCommand("Runs many PostgreSQL servers from one declaration, topology.json.")
{
    CommonOptions.Topology,
    CommonOptions.State,
    UpCommand.Create(),
    DownCommand.Create(),
    StatusCommand.Create(),
    PsqlCommand.Create(),
    LogsCommand.Create(),
    InspectCommand.Create(),
    RebalanceCommand.Create(),
    SwitchoverCommand.CreateSwitchover(),
    SwitchoverCommand.CreatePromote(),
    SuperviseCommand.Create(),
    DrillCommand.Create(),
    BenchCommand.Create(),
    TestCommand.Create(),
};

try
{
    var parse = root.Parse(args);
    var code = await parse.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
    return parse.Errors.Count > 0 ? ExitCodes.WrongInput : code;
}
catch (DeclarationException exception)
{
    Console.Error.WriteLine($"pgaspire: {exception.Message}");
    return ExitCodes.WrongInput;
}
catch (InvalidDataException exception)
{
    Console.Error.WriteLine($"pgaspire: {exception.Message}");
    return ExitCodes.Failed;
}
catch (CliException exception)
{
    Console.Error.WriteLine($"pgaspire: {exception.Message}");
    return exception.ExitCode;
}
catch (Exception exception) when (exception is IOException or UnauthorizedAccessException && Environment.GetEnvironmentVariable("PGASPIRE_DEBUG") is not { Length: > 0 })
{
    Console.Error.WriteLine($"pgaspire: {exception.Message}");
    return ExitCodes.Failed;
}
catch (Exception exception) when (Environment.GetEnvironmentVariable("PGASPIRE_DEBUG") is not { Length: > 0 })
{
    Console.Error.WriteLine($"pgaspire: unexpected: {exception.GetType().Name}: {exception.Message} (PGASPIRE_DEBUG=1 shows where)");
    return ExitCodes.Failed;
}
