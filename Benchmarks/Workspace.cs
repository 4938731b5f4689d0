using PgAspire.Cli.Embedded;
using PgAspire.Cli.Processes;
using PgAspire.Postgres.Declaration;

namespace PgAspire.Benchmarks;

/// <summary>A folder for one benchmark, reachable for the servers' user, and the command line under test.</summary>
internal sealed class Workspace : IAsyncDisposable
{
    private static readonly string Pgaspire = SiblingAssembly.Find("Cli", "pgaspire.dll");

    public Workspace()
    {
        Root = Directory.CreateTempSubdirectory("pgaspire-bench-").FullName;
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(Root, (UnixFileMode)0b111_101_101);
        }

        File.WriteAllText(Path.Combine(Root, DeclarationSources.FileName), """{ "initScripts": "" }""");
    }

    public string Root { get; }

    public string State => Path.Combine(Root, ".pgaspire");

    public ServerUser User { get; } = ServerUser.Current();

    public static Task<PostgresInstallation> PostgresAsync(CancellationToken cancellationToken) =>
        new InstallationLocator(new PackageInstaller(Console.Error.WriteLine), _ => { }).LocateAsync(null, PostgresVersions.Default, null, cancellationToken);

    /// <summary>Runs a command of pgaspire to its end.</summary>
    public async Task<string> PgaspireAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var program = new ExternalProgram("dotnet", [Pgaspire, "--topology", Path.Combine(Root, DeclarationSources.FileName), .. arguments])
        {
            WorkingFolder = Root,
        };
        var result = await program.RunAsync(cancellationToken);
        return result.ExitCode == 0 ? result.Output : throw new Cli.CliException($"pgaspire {string.Join(' ', arguments)}: {result.Error.Trim()}");
    }

    /// <summary>Declares init scripts, so that new clusters have the sample's tables.</summary>
    public void UseSampleSchema(string folder) =>
        File.WriteAllText(Path.Combine(Root, DeclarationSources.FileName), $$"""{ "initScripts": "{{folder.Replace('\\', '/')}}" }""");

    public async ValueTask DisposeAsync()
    {
        await PgaspireAsync(["down", "--volumes"], CancellationToken.None);
        Directory.Delete(Root, recursive: true);
    }
}
