using System.Globalization;
using PgAspire.Postgres.Declaration;

namespace PgAspire.Postgres.Configuration;

/// <summary>
/// The postgresql.conf settings that follow from a declaration: sized for many servers on one developer's machine,
/// the same on every host. What differs between hosts (address, port, sockets) is in <see cref="ListenSettings"/>.
/// </summary>
public static class ServerSettings
{
    /// <summary>The settings of every instance, by name, the declaration's own last and in its favour.</summary>
    /// <param name="declaration">The declaration.</param>
    /// <param name="major">Major version of the servers, which is not always the declared one.</param>
    /// <param name="hasStatementStatistics">Whether the servers have the library pg_stat_statements; without it they would not start.</param>
    public static IReadOnlyDictionary<string, string> For(TopologyDeclaration declaration, int major, bool hasStatementStatistics = true)
    {
        var settings = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["max_connections"] = "120",
            ["shared_buffers"] = "64MB",
            ["password_encryption"] = "scram-sha-256",
            ["wal_level"] = "replica",
            ["max_wal_size"] = "512MB",
            // A replica that is gone must never fill the primary's disk.
            ["max_slot_wal_keep_size"] = "1GB",
            ["hot_standby"] = "on",
            // After a change of the primary a replica is back in a moment, not in five seconds.
            ["wal_retrieve_retry_interval"] = "200ms",
            ["timezone"] = "UTC",
            ["log_timezone"] = "UTC",
            ["lc_messages"] = "C",
            ["log_line_prefix"] = "%m [%p] %q%u@%d/%a ",
            ["log_lock_waits"] = "on",
            ["track_io_timing"] = "on",
            ["log_checkpoints"] = declaration.Durability == Durability.Safe ? "on" : "off",
            ["fsync"] = OnWhenSafe(declaration),
            // pg_rewind, which takes an old primary's data back, needs them whatever the durability.
            ["full_page_writes"] = declaration.Instances > 1 ? "on" : OnWhenSafe(declaration),
            ["synchronous_commit"] = declaration.EffectiveSynchronous.Count > 0 ? "on" : OnWhenSafe(declaration),
        };
        if (major >= 18)
        {
            // The default of three I/O workers an instance is three processes an instance.
            settings["io_workers"] = "1";
        }

        foreach (var (name, value) in declaration.Settings)
        {
            settings[name] = value;
        }

        if (hasStatementStatistics && StatementStatistics.IsWanted(declaration.Settings))
        {
            StatementStatistics.AddTo(settings);
        }

        return settings;
    }

    /// <summary>postgresql.conf of the given settings, one quoted value a line.</summary>
    public static string ToFile(IEnumerable<KeyValuePair<string, string>> settings) =>
        string.Concat(settings.Select(setting => string.Create(
            CultureInfo.InvariantCulture,
            $"{setting.Key} = '{setting.Value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "''", StringComparison.Ordinal)}'\n")));

    private static string OnWhenSafe(TopologyDeclaration declaration) => declaration.Durability == Durability.Safe ? "on" : "off";
}
