using System.CommandLine;
using PgAspire.Cli.Embedded;
using PgAspire.Cli.Output;
using PgAspire.Cli.Processes;
using PgAspire.Cli.Testing;
using PgAspire.Postgres.Declaration;

namespace PgAspire.Cli.Commands;

/// <summary><c>test</c>: runs the project's tests, and ends with what failed and one line that counts all.</summary>
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
        var report = await TestProgram.RunAsync(SiblingAssembly.Find("PgAspire.Tests", "PgAspire.Tests.dll"), arguments, cancellationToken)
            + await AppHostTests.RunAsync(arguments, cancellationToken);
        foreach (var failure in report.Failures)
        {
            Console.WriteLine(failure);
        }

        Console.WriteLine($"{report.Passed} passed, {report.Failed} failed, {report.Skipped} skipped");
        return report.Failed == 0 && report.Passed > 0 ? ExitCodes.Done : ExitCodes.Failed;
    }
}
