using System.Text;
using PgAspire.Cli.Processes;
using PgAspire.Postgres.Roles;
using PgAspire.Postgres.Topology;

namespace PgAspire.Cli.Embedded;

/// <summary>Gives the roles of a stopped instance other passwords, without knowing the old ones and without opening the server to anybody.</summary>
internal static class PasswordReset
{
    /// <exception cref="CliException">The server's single-user mode refuses.</exception>
    public static async Task RunAsync(
        StateFolder folder, PostgresInstallation postgres, Instance instance, RolePasswords passwords, CancellationToken cancellationToken)
    {
        var statements = string.Concat(RoleNames.All.Select(role => $"ALTER ROLE {role} PASSWORD '{ScramVerifier.Create(passwords.Of(role))}'\n"));
        // Its statistics of statements are kept, and would keep the verifiers; and no replica is there for a commit to wait for.
        var single = new ExternalProgram(postgres.Program("postgres"), "--single", "-D", folder.Data(instance), "-c", "pg_stat_statements.track=none", "-c", "synchronous_commit=local", "postgres")
        {
            Input = async (stream, token) => await stream.WriteAsync(Encoding.ASCII.GetBytes(statements), token),
        };
        var result = await folder.User.Wrap(single).RunAsync(cancellationToken);
        if (result.ExitCode != 0 || result.Error.Contains("ERROR:", StringComparison.Ordinal))
        {
            throw new CliException($"{instance.Name}: its passwords cannot be set: {result.Error.Trim().Split('\n')[^1]}");
        }
    }
}
