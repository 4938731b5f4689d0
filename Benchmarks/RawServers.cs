using System.Globalization;
using PgAspire.Cli;
using PgAspire.Cli.Embedded;
using PgAspire.Cli.Processes;
using PgAspire.Postgres.Configuration;
using PgAspire.Postgres.Declaration;

namespace PgAspire.Benchmarks;

/// <summary>The peer: initdb and pg_ctl start for every server, all in parallel, with the same settings.</summary>
internal sealed class RawServers(Workspace workspace, PostgresInstallation postgres, int count)
{
    private readonly IReadOnlyList<int> _ports = Ports.FindFree(count);
    private readonly string _password = Path.Combine(workspace.Root, "raw-password");

    public Task MakeAsync(CancellationToken cancellationToken)
    {
        var folder = new StateFolder(workspace.Root, workspace.User);
        folder.WriteOwned(_password, "benchmark");
        folder.MakeOwned(Home);
        return ForEachAsync(async index =>
        {
            await RunAsync(
                "initdb",
                [.. InitdbArguments.For(postgres.Major, OperatingSystem.IsLinux()), $"--pwfile={_password}", "-D", Data(index)],
                cancellationToken);
            var settings = ListenSettings.For(_ports[index], Home, $"raw{index}").Concat(ServerSettings.For(new TopologyDeclaration(), postgres.Major));
            folder.WriteOwned(Path.Combine(Data(index), "postgresql.conf"), ServerSettings.ToFile(settings));
        });
    }

    public Task StartAsync(CancellationToken cancellationToken) => ForEachAsync(index =>
        RunAsync("pg_ctl", ["start", "-s", "-w", "-t", "600", "-D", Data(index), "-l", Data(index) + ".log"], cancellationToken));

    public Task StopAsync(CancellationToken cancellationToken) => ForEachAsync(index =>
        RunAsync("pg_ctl", ["stop", "-s", "-w", "-m", "fast", "-D", Data(index)], cancellationToken));

    private string Home => Path.Combine(workspace.Root, "raw");

    private string Data(int index) => Path.Combine(Home, index.ToString(CultureInfo.InvariantCulture));

    private Task ForEachAsync(Func<int, Task> work) => Task.WhenAll(Enumerable.Range(0, count).Select(work));

    private async Task RunAsync(string program, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var result = await workspace.User.Wrap(new ExternalProgram(postgres.Program(program), arguments)).RunAsync(cancellationToken);
        if (result.ExitCode != 0)
        {
            throw new CliException($"{program} failed: {result.Error.Trim()}");
        }
    }
}
