using System.CommandLine;
using PgAspire.Cli.Embedded;
using PgAspire.Cli.Output;
using PgAspire.Cli.Processes;
using PgAspire.Cli.Testing;
using PgAspire.Postgres.Declaration;

namespace PgAspire.Cli.Commands;

/// <summary><c>test</c>: runs the project's tests, and ends with one line that counts them.</summary>
internal static class TestCommand
{
    private static readonly Argument<string[]> Arguments = new("args") { Description = "Arguments of the test programs, after --", Arity = ArgumentArity.ZeroOrMore };

    public static Command Create()
    {
        var command = new Command("test", "Runs the tests of this project; installs PostgreSQL first where there is none and apt can.") { Arguments };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parse, CancellationToken cancellationToken)
    {
        var progress = new ConsoleProgress();
        await new InstallationLocator(new PackageInstaller(progress.Notice), progress.Notice)
            .LocateAsync(null, PostgresVersions.Default, null, cancellationToken);

        var arguments = parse.GetValue(Arguments) ?? [];
        var counts = await TestProgram.RunAsync(SiblingAssembly.Find("PgAspire.Tests", "PgAspire.Tests.dll"), arguments, cancellationToken)
            + await AppHostTests.RunAsync(arguments, cancellationToken);
        Console.WriteLine($"{counts.Passed} passed, {counts.Failed} failed, {counts.Skipped} skipped");
        return counts.Failed == 0 && counts.Passed > 0 ? ExitCodes.Done : ExitCodes.Failed;
    }
}
