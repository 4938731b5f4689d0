using PgAspire.Cli;
using PgAspire.Cli.Processes;
using PgAspire.Tests.Support;

namespace PgAspire.Tests.Cli;

public sealed class DetachedProcessTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Log => _folder.Of("program.log");

    [Fact]
    public async Task ItsEnvironmentIsTheGivenOneWhateverTheNames()
    {
        var program = new ExternalProgram("env") { Environment = new Dictionary<string, string?> { ["a-b.c"] = "ä\n=", ["HOME"] = null } };
        await EndedAsync(DetachedProcess.Start(program, Log));

        var written = await File.ReadAllTextAsync(Log, TestContext.Current.CancellationToken);
        Assert.Contains("a-b.c=ä\n=\n", written, StringComparison.Ordinal);
        Assert.Contains($"PATH={Environment.GetEnvironmentVariable("PATH")}\n", written, StringComparison.Ordinal);
        Assert.DoesNotContain("\nHOME=", written, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ItHasASessionOfItsOwnAndWritesAllToTheEndOfItsLog()
    {
        await File.WriteAllTextAsync(Log, "before\n", TestContext.Current.CancellationToken);
        var process = DetachedProcess.Start(new ExternalProgram("sh", "-c", "set -- $(cat /proc/$$/stat); echo $6; pwd >&2; cat; kill -INT $$; echo not reached") { WorkingFolder = _folder.FullPath }, Log);
        await EndedAsync(process);

        Assert.Equal($"before\n{process.Id}\n{_folder.FullPath}\n", await File.ReadAllTextAsync(Log, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task OneThatEndsAtOnceIsStartedToo() =>
        await Parallel.ForAsync(0, 100, TestContext.Current.CancellationToken, (_, _) => new(EndedAsync(DetachedProcess.Start(new ExternalProgram("true"), Log))));

    [Fact]
    public void AProgramThatIsNotThereAndALogThatCannotBeWrittenAreTold()
    {
        Assert.StartsWith("no-such-program cannot be started", Assert.Throws<CliException>(() => DetachedProcess.Start(new ExternalProgram("no-such-program"), Log)).Message, StringComparison.Ordinal);
        Assert.Contains(_folder.Of("no", "log"), Assert.Throws<CliException>(() => DetachedProcess.Start(new ExternalProgram("env"), _folder.Of("no", "log"))).Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private static Task EndedAsync(DetachedProcess process) => Until.TrueAsync(() => !process.IsAlive(), "it has ended");
}
