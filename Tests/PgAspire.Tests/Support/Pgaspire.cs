using System.Diagnostics;
using PgAspire.Cli.Embedded;

namespace PgAspire.Tests.Support;

/// <summary>What a finished command left.</summary>
public sealed record Outcome(int ExitCode, string Output, string Error)
{
    /// <summary>Standard error without the lines of progress, which are <c>name: phase</c>, and without the notice of another version.</summary>
    public string Message { get; } = string.Join('\n', Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Where(line => line.StartsWith("pgaspire: ", StringComparison.Ordinal) || line.StartsWith("  ", StringComparison.Ordinal)));

    /// <summary>This outcome where it is a success; fails the test with all that was written otherwise.</summary>
    public Outcome Succeeded()
    {
        Assert.True(ExitCode == 0, $"exit code {ExitCode}\n{Error}\n{Output}");
        return this;
    }

    /// <summary>The one message of a failure with this exit code; fails the test where anything else happened.</summary>
    public string FailedWith(int exitCode)
    {
        Assert.True(ExitCode == exitCode, $"exit code {ExitCode} instead of {exitCode}\n{Error}\n{Output}");
        Assert.DoesNotContain("pgaspire: unexpected", Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", Error, StringComparison.Ordinal);
        Assert.Single(Message.Split('\n'), line => line.StartsWith("pgaspire: ", StringComparison.Ordinal));
        return Message["pgaspire: ".Length..];
    }
}

/// <summary>The built command line, run as the process that a user runs.</summary>
/// <param name="Folder">Its working folder.</param>
public sealed record Pgaspire(string Folder)
{
    private static readonly string Assembly = Path.Combine(
        Repository.Root, "artifacts", "bin", "Cli", Path.GetFileName(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar)), "pgaspire.dll");

    // All but the PostgreSQL to test on.
    private static readonly string[] NotInherited = ["PGASPIRE_", "Topology__", "PG", "POSTGRES_", "ConnectionStrings__", "ASPNETCORE_"];

    /// <summary>What stands before the command: setpriv, unshare and the like.</summary>
    public IReadOnlyList<string> Prefix { get; init; } = [];

    /// <summary>Environment variables; null takes one away.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    /// <summary>Runs a command to its end.</summary>
    public async Task<Outcome> RunAsync(params IReadOnlyList<string> arguments)
    {
        await using var command = Start(arguments);
        return await command.EndAsync();
    }

    /// <summary>Starts a command, and goes on beside it.</summary>
    public RunningCommand Start(params IReadOnlyList<string> arguments)
    {
        // A test run in the background of a shell ignores SIGINT, and so would all that it starts.
        IReadOnlyList<string> all = ["env", "--default-signal=INT", .. Prefix, "dotnet", Assembly, .. arguments];
        var start = new ProcessStartInfo(all[0], all.Skip(1))
        {
            WorkingDirectory = Folder, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        foreach (var name in start.Environment.Keys.Where(name =>
            name != InstallationLocator.Variable && NotInherited.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal))).ToList())
        {
            start.Environment.Remove(name);
        }

        foreach (var (name, value) in Environment)
        {
            start.Environment[name] = value;
        }

        return new(Process.Start(start)!, string.Join(' ', arguments));
    }
}
