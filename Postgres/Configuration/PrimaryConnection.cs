using System.Globalization;
using PgAspire.Postgres.Roles;

namespace PgAspire.Postgres.Configuration;

/// <summary>How a replica reaches its primary: settings in postgresql.auto.conf, since pg_basebackup and ALTER SYSTEM put them there.</summary>
/// <remarks>
/// The password is in a file of its own in the data directory, so that no statement that sets these has it, and no view or log
/// shows it.
/// </remarks>
public static class PrimaryConnection
{
    /// <summary>The setting of the connection itself.</summary>
    public const string Setting = "primary_conninfo";

    /// <summary>The setting of the slot.</summary>
    public const string SlotSetting = "primary_slot_name";

    /// <summary>The password file's name; relative to the data directory, which is a server's working folder.</summary>
    public const string PasswordFile = "pgaspire.replicator";

    /// <summary>The value of <see cref="Setting"/>.</summary>
    /// <param name="host">Host of the primary.</param>
    /// <param name="port">Its port.</param>
    /// <param name="replica">The name that the primary sees, also that of the replica's slot.</param>
    public static string To(string host, int port, string replica) => string.Create(
        CultureInfo.InvariantCulture, $"host={host} port={port} user={RoleNames.Replicator} passfile={PasswordFile} application_name={replica} connect_timeout=5");

    /// <summary>The content of <see cref="PasswordFile"/>.</summary>
    public static string Passwords(string password) =>
        $"*:*:*:{RoleNames.Replicator}:{password.Replace("\\", "\\\\", StringComparison.Ordinal).Replace(":", "\\:", StringComparison.Ordinal)}\n";

    /// <summary>postgresql.auto.conf with this connection in place of any other; what else is in it stays.</summary>
    /// <param name="autoConfiguration">The file as it is.</param>
    /// <param name="host">Host of the primary.</param>
    /// <param name="port">Its port.</param>
    /// <param name="replica">The name that the primary sees, also that of the replica's slot.</param>
    public static string Apply(string autoConfiguration, string host, int port, string replica)
    {
        var others = autoConfiguration.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(line => !line.StartsWith($"{Setting} =", StringComparison.Ordinal) && !line.StartsWith($"{SlotSetting} =", StringComparison.Ordinal))
            .Select(line => line + '\n');
        return string.Concat(others) + ServerSettings.ToFile([KeyValuePair.Create(Setting, To(host, port, replica)), KeyValuePair.Create(SlotSetting, replica)]);
    }
}
