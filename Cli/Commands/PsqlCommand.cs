using System.CommandLine;
using System.Globalization;
using PgAspire.Cli.Embedded;
using PgAspire.Cli.Processes;
using PgAspire.Postgres.Roles;

namespace PgAspire.Cli.Commands;

/// <summary><c>psql</c>: a session with an instance.</summary>
internal static class PsqlCommand
{
    private static readonly Argument<string> Name = new("name") { Description = "A cluster (its primary) or an instance", HelpName = "cluster|instance" };
    private static readonly Argument<string[]> Arguments = new("args") { Description = "Arguments of psql, after --", Arity = ArgumentArity.ZeroOrMore };
    private static readonly Option<string> Role = new("--role") { Description = "The role to connect as", DefaultValueFactory = _ => RoleNames.Application };

    public static Command Create()
    {
        Role.AcceptOnlyFromAmong([.. RoleNames.All]);
        var command = new Command("psql", "Opens psql on a cluster's primary or on an instance, in the application database.") { Name, Arguments, Role };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parse, CancellationToken cancellationToken)
    {
        var folder = CommonOptions.StateFolder(parse);
        var instance = KnownInstances.Find(await StatusReader.ReadAsync(folder, cancellationToken), parse.GetRequiredValue(Name));
        if (instance.State is "stopped" or "unfinished")
        {
            throw new CliException($"{instance.Instance} does not run: pgaspire up starts it.", ExitCodes.NotRunning);
        }

        var store = new StateStore(folder);
        var role = parse.GetRequiredValue(Role);
        var psql = Path.Combine(store.Read().Binaries, OperatingSystem.IsWindows() ? "psql.exe" : "psql");
        using var interruption = new Interruption(); // Ctrl+C is psql's own here.
        return await new ExternalProgram(psql, [.. parse.GetValue(Arguments) ?? []])
        {
            Environment = new Dictionary<string, string?>
            {
                ["PGHOST"] = instance.Host,
                ["PGPORT"] = instance.Port?.ToString(CultureInfo.InvariantCulture),
                ["PGDATABASE"] = instance.Database,
                ["PGUSER"] = role,
                ["PGPASSWORD"] = store.ReadSecrets()[instance.Cluster].Of(role),
            },
        }.RunAttachedAsync();
    }
}
