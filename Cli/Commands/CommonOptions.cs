using System.CommandLine;
using PgAspire.Cli.Processes;
using PgAspire.Cli.Embedded;
using PgAspire.Postgres.Declaration;

namespace PgAspire.Cli.Commands;

/// <summary>Options that every command takes: which topology.</summary>
internal static class CommonOptions
{
    public const string HomeVariable = "PGASPIRE_HOME";

    public static Option<string?> Topology { get; } = new("--topology")
    {
        Description = "The declaration's file (default: topology.json here, else beside pgaspire)", HelpName = "file", Recursive = true,
    };

    public static Option<string?> State { get; } = new("--state")
    {
        Description = $"The state folder: data, logs, secrets (default: .pgaspire beside the declaration; {Embedded.StateFolder.Variable})", HelpName = "folder", Recursive = true,
    };

    public static Option<bool> Json { get; } = new("--json") { Description = "Write one JSON object" };

    public static Option<string?> Binaries { get; } = new("--pg-bin")
    {
        Description = $"The folder of PostgreSQL's programs (default: looked for; {InstallationLocator.Variable})", HelpName = "folder",
    };

    /// <summary>Full path of the declaration's file; it exists where the user named it.</summary>
    public static string TopologyFile(ParseResult parse)
    {
        if (parse.GetValue(Topology) is { } said)
        {
            return Path.GetFullPath(said);
        }

        var here = Path.GetFullPath(DeclarationSources.FileName);
        var home = Environment.GetEnvironmentVariable(HomeVariable);
        return File.Exists(here) || string.IsNullOrEmpty(home) ? here : Path.Combine(home, DeclarationSources.FileName);
    }

    public static StateFolder StateFolder(ParseResult parse) => Embedded.StateFolder.Resolve(
        parse.GetValue(State), Path.GetDirectoryName(TopologyFile(parse))!, ServerUser.Current());
}
