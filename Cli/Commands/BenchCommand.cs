using System.CommandLine;
using PgAspire.Cli.Processes;

namespace PgAspire.Cli.Commands;

/// <summary><c>bench</c>: runs the benchmarks, which are a program of their own.</summary>
internal static class BenchCommand
{
    private static readonly Argument<string[]> Arguments = new("args") { Description = "Which benchmarks, and their options; --help lists them after --", Arity = ArgumentArity.ZeroOrMore };

    public static Command Create()
    {
        var command = new Command("bench", "Measures start, memory and request rates against their peers in the same run.") { Arguments };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parse, CancellationToken cancellationToken) =>
        await new ExternalProgram("dotnet", [SiblingAssembly.Find("Benchmarks", "PgAspire.Benchmarks.dll"), .. parse.GetValue(Arguments) ?? []]).RunAttachedAsync();
}
