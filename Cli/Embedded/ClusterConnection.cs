using Npgsql;
using PgAspire.Postgres.Roles;
using PgAspire.Postgres.Topology;

namespace PgAspire.Cli.Embedded;

/// <summary>A single connection of the host's own to an instance.</summary>
internal static class ClusterConnection
{
    public static async Task<NpgsqlConnection> OpenAsync(
        Instance instance, string database, string role, string password, CancellationToken cancellationToken, int timeoutSeconds = 15)
    {
        var text = new NpgsqlConnectionStringBuilder
        {
            Host = "127.0.0.1",
            Port = instance.Port!.Value,
            Database = database,
            Username = role,
            Password = password,
            Pooling = false,
            Timeout = timeoutSeconds,
            CommandTimeout = timeoutSeconds,
            ApplicationName = "pgaspire",
        };
        var connection = new NpgsqlConnection(text.ConnectionString);
        try
        {
            await connection.OpenAsync(cancellationToken);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    public static async Task ExecuteAsync(this NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>A cluster's readiness: its primary takes the application's role in the application's database over TCP.</summary>
    /// <exception cref="CliException">It refuses the password.</exception>
    public static async Task CheckReadyAsync(Instance instance, string database, RolePasswords passwords, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await OpenAsync(instance, database, RoleNames.Application, passwords.Application, cancellationToken);
        }
        catch (PostgresException exception)
        {
            var advice = exception.SqlState switch
            {
                PostgresErrorCodes.InvalidPassword => "its password is another one than in secrets.json: up --reset-passwords gives it new ones.",
                PostgresErrorCodes.InvalidCatalogName => $"it was made with another database than {database}: declare that one.",
                _ => exception.MessageText,
            };
            throw new CliException($"{instance.Name} refuses the role {RoleNames.Application} in database {database}: {advice}", inner: exception);
        }
    }
}
