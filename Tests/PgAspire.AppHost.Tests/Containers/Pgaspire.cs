using System.Diagnostics;
using System.Globalization;

namespace PgAspire.AppHost.Tests.Containers;

/// <summary>The built command line, run as a user runs it, with a state folder and a scope of its own.</summary>
internal sealed class Pgaspire : IDisposable
{
    private static readonly TimeSpan Budget = TimeSpan.FromMinutes(4);
    private static readonly string Configuration = Path.GetFileName(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
    private static readonly string Artifacts = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", ".."));
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pgaspire-aspire-");
    private readonly string _scope;

    /// <summary>What passwords begin with. A scope's are kept nowhere, so that its next run needs the same.</summary>
    public string Passwords { get; set; } = "kept-between-two-starts";

    public Pgaspire(string scope)
    {
        _scope = scope;
        // A state folder of root's has to be open to the user that an embedded host would run its servers as.
        _folder.UnixFileMode |= UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
    }

    /// <summary>Runs a command to its end, which must be a failure with this exit code.</summary>
    /// <returns>What it says of it.</returns>
    public async Task<string> FailAsync(int exitCode, params string[] arguments)
    {
        using var process = Start(arguments);
        return (await EndAsync(process, exitCode)).Error;
    }

    /// <summary>Runs a command to its end, which must be a success.</summary>
    /// <returns>Standard output, and standard error.</returns>
    public async Task<(string Output, string Error)> RunAsync(params string[] arguments)
    {
        using var process = Start(arguments);
        return await EndAsync(process);
    }

    /// <summary>Starts a command, and goes on beside it.</summary>
    public Process Start(params string[] arguments)
    {
        // A test run in the background of a shell ignores SIGINT, and so would all that it starts.
        var start = new ProcessStartInfo("env", ["--default-signal=INT", "dotnet", Path.Combine(Artifacts, "bin", "Cli", Configuration, "pgaspire.dll"), .. arguments])
        {
            WorkingDirectory = _folder.FullName, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        start.Environment["PGASPIRE_HOME"] = Path.GetDirectoryName(Artifacts);
        start.Environment["PGASPIRE_STATE"] = Path.Combine(_folder.FullName, "state");
        start.Environment["PgAspire__Scope"] = _scope;
        foreach (var role in new[] { "", "app-", "replicator-", "monitor-" })
        {
            start.Environment[$"Parameters__pg1-{role}password"] = start.Environment[$"Parameters__pg2-{role}password"] = $"{Passwords}-{role}x";
        }

        var process = Process.Start(start)!;
        process.StandardInput.Close();
        return process;
    }

    /// <summary>Reads what a command writes until there is a line.</summary>
    public static async Task UntilWrittenAsync(Process process, string line)
    {
        using var budget = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        budget.CancelAfter(Budget);
        for (string? written = null; written != line;)
        {
            written = await process.StandardOutput.ReadLineAsync(budget.Token);
            Assert.True(written is not null, $"It ended before it wrote '{line}'.\n{(written is null ? await process.StandardError.ReadToEndAsync(budget.Token) : "")}");
        }
    }

    /// <summary>What Ctrl+C does.</summary>
    public static Task InterruptAsync(Process process) => RunningHost.ProgramAsync("sh", "-c", string.Create(CultureInfo.InvariantCulture, $"kill -INT {process.Id}"));

    /// <summary>Waits for the end of a command, which must have this exit code.</summary>
    public static async Task<(string Output, string Error)> EndAsync(Process process, int exitCode = 0)
    {
        using var budget = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        budget.CancelAfter(Budget);
        try
        {
            var error = process.StandardError.ReadToEndAsync(budget.Token);
            var output = await process.StandardOutput.ReadToEndAsync(budget.Token);
            await process.WaitForExitAsync(budget.Token);
            Assert.True(process.ExitCode == exitCode, $"exit code {process.ExitCode}\n{await error}\n{output}");
            return (output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw;
        }
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
