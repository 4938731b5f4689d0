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

    /// <summary>Gives the role <c>monitor</c> its rights in both databases.</summary>
    public static async Task GiveMonitorRightsAsync(Instance primary, string database, RolePasswords passwords, CancellationToken cancellationToken)
    {
        foreach (var name in new[] { "postgres", database })
        {
            await using var connection = await OpenAsync(primary, name, RoleNames.Superuser, passwords.Superuser, cancellationToken);
            await connection.ExecuteAsync(MonitorRights.Sql, cancellationToken);
        }
    }

    /// <summary>A cluster's readiness: its primary takes the application's role in the application's database over TCP.</summary>
    /// <returns>Whether the role <c>monitor</c> has its rights there: data that an older PgAspire made lack some.</returns>
    /// <exception cref="CliException">It refuses the password.</exception>
    public static async Task<bool> CheckReadyAsync(Instance instance, string database, RolePasswords passwords, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await OpenAsync(instance, database, RoleNames.Application, passwords.Application, cancellationToken);
            await using var command = new NpgsqlCommand(MonitorRights.AreGiven, connection);
            return await command.ExecuteScalarAsync(cancellationToken) is true;
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
