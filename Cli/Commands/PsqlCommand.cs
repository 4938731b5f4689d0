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
        if (instance.State is "stopped" or "unfinished" or "absent")
        {
            throw new CliException($"{instance.Instance} does not run: pgaspire up starts it.", ExitCodes.NotRunning);
        }

        var store = new StateStore(folder);
        using var interruption = new Interruption(); // Ctrl+C is psql's own here.
        var role = parse.GetRequiredValue(Role);
        if (store.Read().Host == Aspire.HostChoice.Aspire)
        {
            return await Aspire.AspireSession.PsqlAsync(folder, instance, role, parse.GetValue(Arguments) ?? []);
        }

        var passwords = store.ReadSecrets().GetValueOrDefault(instance.Cluster)
            ?? throw new CliException($"The passwords of {instance.Cluster} are lost: up --reset-passwords gives it new ones.");
        var psql = Path.Combine(store.Read().Binaries, OperatingSystem.IsWindows() ? "psql.exe" : "psql");
        return await new ExternalProgram(psql, [.. parse.GetValue(Arguments) ?? []])
        {
            Environment = new Dictionary<string, string?>
            {
                ["PGHOST"] = instance.Host,
                ["PGPORT"] = instance.Port?.ToString(CultureInfo.InvariantCulture),
                ["PGDATABASE"] = instance.Database,
                ["PGUSER"] = role,
                ["PGPASSWORD"] = passwords.Of(role),
            },
        }.RunAttachedAsync();
    }
}
