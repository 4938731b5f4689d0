using PgAspire.Cli;
using PgAspire.Cli.Embedded;
using PgAspire.Cli.Output;
using PgAspire.Cli.Processes;
using PgAspire.Tests.Support;

namespace PgAspire.Tests.Cli;

public sealed class ServiceProcessTests
{
    [Fact]
    public async Task OneThatEndsAtOnceIsToldWithTheEndOfItsLog()
    {
        using var root = new TemporaryFolder();
        var folder = new StateFolder(root.Of("state"), ServerUser.Current());
        folder.Prepare();
        var program = new ServiceProgram("/bin/sh", new Dictionary<string, string?>()) { Arguments = _ => ["-c", "echo no such setting: colour; exit 1"] };

        var error = await Assert.ThrowsAsync<CliException>(() =>
            new ServiceProcess(folder, new ConsoleProgress(), "service").UpAsync(program, null, TestContext.Current.CancellationToken));
        Assert.StartsWith("The service does not come up", error.Message, StringComparison.Ordinal);
        Assert.EndsWith("no such setting: colour", error.Message, StringComparison.Ordinal);
    }
}
