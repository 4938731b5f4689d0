using System.Globalization;
using PgAspire.Postgres.Roles;

namespace PgAspire.Postgres.Configuration;

/// <summary>How a replica reaches its primary: the setting <c>primary_conninfo</c>, in postgresql.auto.conf since pg_basebackup puts it there.</summary>
public static class PrimaryConnection
{
    private const string Setting = "primary_conninfo";

    /// <summary>postgresql.auto.conf with this connection in place of any other; what else is in it stays.</summary>
    /// <param name="autoConfiguration">The file as it is.</param>
    /// <param name="host">Host of the primary.</param>
    /// <param name="port">Its port.</param>
    /// <param name="password">Of <see cref="RoleNames.Replicator"/>.</param>
    /// <param name="replica">The name that the primary sees, also that of the replica's slot.</param>
    public static string Apply(string autoConfiguration, string host, int port, string password, string replica)
    {
        var others = autoConfiguration.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(line => !line.StartsWith($"{Setting} =", StringComparison.Ordinal))
            .Select(line => line + '\n');
        var connection = string.Create(
            CultureInfo.InvariantCulture, $"host={host} port={port} user={RoleNames.Replicator} password={Quote(password)} application_name={replica}");
        return string.Concat(others) + ServerSettings.ToFile([KeyValuePair.Create(Setting, connection)]);
    }

    private static string Quote(string value) =>
        $"'{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal)}'";
}
