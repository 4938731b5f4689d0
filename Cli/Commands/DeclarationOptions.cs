using System.CommandLine;
using Microsoft.Extensions.Configuration;
using PgAspire.Postgres.Declaration;

namespace PgAspire.Cli.Commands;

/// <summary>The declaration's fields as options. They are texts here, so that the declaration's own rules judge them.</summary>
internal static class DeclarationOptions
{
    private static readonly (Option<string?> Option, string Field)[] Fields =
    [
        (Field("--clusters", "N", "Number of clusters"), "clusters"),
        (Field("--instances", "I", "Servers in each cluster: a primary and its replicas"), "instances"),
        (Field("--name", "prefix", "Prefix of every cluster's name"), "name"),
        (Field("--pg-version", "major", "PostgreSQL major version"), "version"),
        (Field("--database", "name", "The application's database"), "database"),
        (Field("--init-scripts", "folder", "Init scripts of a new cluster"), "initScripts"),
        (Field("--first-port", "port", "Port of the first instance, the rest follow on"), "firstPort"),
        (Field("--durability", "safe|fast", "What a crash of the machine may cost"), "durability"),
        (Field("--synchronous", "none|any K", "How many replicas a commit waits for"), "synchronous"),
        (Field("--unresponsive-after", "seconds", "After how long without an answer a server of a cluster with replicas counts as hung"), "unresponsiveAfter"),
    ];

    private static readonly Option<string[]> Setting = new("--set")
    {
        Description = "A postgresql.conf setting; may be repeated", HelpName = "name=value", AllowMultipleArgumentsPerToken = false,
    };

    public static void AddTo(Command command)
    {
        foreach (var (option, _) in Fields)
        {
            command.Options.Add(option);
        }

        command.Options.Add(Setting);
    }

    /// <summary>Reads the declaration: its file, then the environment, then the command line.</summary>
    /// <exception cref="DeclarationException">It is wrong.</exception>
    public static TopologyDeclaration Read(ParseResult parse)
    {
        var file = CommonOptions.TopologyFile(parse);
        var settings = (parse.GetValue(Setting) ?? []).Select(text => text.Split('=', 2) is [var name, var value]
            ? KeyValuePair.Create($"settings:{name.Trim()}", (string?)value.Trim())
            : throw new DeclarationException([new("settings", text, "name=value", "command line --set")]));
        var configuration = new ConfigurationBuilder()
            .AddTopologyFile(file, optional: parse.GetValue(CommonOptions.Topology) is null)
            .AddEnvironmentVariables()
            .AddTopologyOptions(Fields.Select(field => KeyValuePair.Create(field.Field, parse.GetValue(field.Option))).Concat(settings))
            .Build();
        return DeclarationReader.Read(configuration);
    }

    private static Option<string?> Field(string name, string help, string description) => new(name) { Description = description, HelpName = help };
}
