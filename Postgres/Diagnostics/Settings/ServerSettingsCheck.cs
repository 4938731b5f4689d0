using System.Globalization;

namespace PgAspire.Postgres.Diagnostics.Settings;

/// <summary>Settings that are dangerous, that wait for a restart, or that differ between instances.</summary>
internal static class ServerSettingsCheck
{
    /// <summary>Each instance's own, or what the host makes of it.</summary>
    private static readonly HashSet<string> OfInstance =
    [
        "port", "cluster_name", "data_directory", "config_file", "hba_file", "ident_file", "external_pid_file", "unix_socket_directories", "listen_addresses",
        "primary_conninfo", "primary_slot_name", "synchronous_standby_names", "in_hot_standby", "transaction_read_only", "default_transaction_read_only",
        "data_checksums", "shared_memory_size", "shared_memory_size_in_huge_pages", "wal_buffers", "num_os_semaphores", "effective_wal_level",
    ];

    public static Diagnostic Diagnostic { get; } = new("settings", "Settings that somebody changed or that may be dangerous, and those that differ between instances")
    {
        Columns =
        [
            new("setting"), new("value"), new("default"), new("source"), new("waits_for_restart", Unit.Flag), new("raw"), new("in_bytes", Unit.Bytes),
        ],
        // What connects to a primary or runs a program may have a password in it, and so may a setting that is no server's own.
        Sql = _ =>
            $"""
            SELECT s.name AS setting,
                CASE WHEN s.name LIKE '%.%' OR s.name LIKE '%\_command' OR s.name IN ('primary_conninfo', 'archive_library') THEN '…' ELSE current_setting(s.name) END AS value,
                CASE WHEN s.name LIKE '%.%' THEN NULL ELSE s.boot_val END AS "default", s.source, s.pending_restart AS waits_for_restart,
                CASE WHEN s.name LIKE '%.%' OR s.name LIKE '%\_command' OR s.name IN ('primary_conninfo', 'archive_library') THEN NULL ELSE s.setting END AS raw,
                CASE WHEN s.unit IN ('B', 'kB', '8kB', 'MB') THEN s.setting::float8 * CASE s.unit WHEN 'B' THEN 1 WHEN 'kB' THEN 1024 WHEN '8kB' THEN 8192 ELSE 1048576 END END AS in_bytes
            FROM pg_settings s
            WHERE s.source NOT IN ('default', 'override', 'client', 'session', 'environment variable') OR s.pending_restart
                OR s.name IN ({string.Join(", ", DangerousSettings.Names.Concat(["max_connections", "work_mem", "hash_mem_multiplier", "shared_buffers"]).Select(Quote.Text))})
            ORDER BY s.name
            """,
        Judge = Judge,
        Compare = Compare,
    };

    internal static IEnumerable<Finding> Judge(IReadOnlyList<Row> rows, ServerFacts server)
    {
        foreach (var row in rows)
        {
            if (DangerousSettings.Judge(row.Text("setting"), row.Text("value")) is { } danger)
            {
                yield return danger;
            }

            if (row.Is("waits_for_restart"))
            {
                yield return new(Severity.Warning, row.Text("setting"), $"was changed in a file and takes effect at the next start; until then it is {row.Text("value")}", "restart the instances when it suits",
                    $"SELECT name, setting, sourcefile, sourceline FROM pg_file_settings WHERE name = {Quote.Text(row.Text("setting"))}") { Commands = RestartAll };
            }
        }

        if (server.MemoryBytes is { } memory && Worst(rows) is var worst && worst > memory)
        {
            yield return new(Severity.Warning, "max_connections × work_mem",
                $"shared_buffers and one work_mem (times hash_mem_multiplier) for each of max_connections are {Readable.Bytes(worst)}, and the machine has {Readable.Bytes(memory)}: with all connections at work the system may kill the server",
                "lower max_connections or work_mem; give work_mem to the roles that need it", "ALTER SYSTEM SET work_mem = '4MB'", "SELECT pg_reload_conf()");
        }
    }

    /// <summary>Bytes that the settings allow: every connection sorting or hashing once.</summary>
    internal static double Worst(IReadOnlyList<Row> rows)
    {
        var byName = rows.ToLookup(row => row.Text("setting"));
        double Bytes(string name) => byName[name].FirstOrDefault()?.Number("in_bytes") ?? 0;
        double Raw(string name) => double.TryParse(byName[name].FirstOrDefault()?.Text("raw"), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : 1;
        return Bytes("shared_buffers") + (Raw("max_connections") * Bytes("work_mem") * Raw("hash_mem_multiplier"));
    }

    internal static IEnumerable<PlacedFinding> Compare(IReadOnlyList<InstanceReport> reports)
    {
        var answered = reports.Where(report => report.Server is not null && report.Failure is null).ToList();
        if (answered.Select(report => report.Server!.Version).Distinct().Count() > 1)
        {
            yield return new(null, null, VersionsDiffer(answered.Select(report => (report.Instance, $"{report.Server!.Major}.{report.Server.Version % 10000}"))));
        }

        var names = answered.SelectMany(report => report.Rows).Select(row => row.Text("setting")).Distinct().Where(name => !OfInstance.Contains(name)).Order(StringComparer.Ordinal);
        foreach (var name in names)
        {
            var rows = answered.Select(report => (report.Instance, Row: report.Rows.FirstOrDefault(row => row.Text("setting") == name))).ToList();
            // One that is in no file has its default, which the others' rows tell.
            var standard = rows.First(entry => entry.Row is not null).Row!["default"];
            if (rows.Select(entry => entry.Row is null ? standard : entry.Row["raw"]).Distinct().Count() > 1)
            {
                yield return new(null, null, Differ(name, rows.Select(entry => (entry.Instance, entry.Row?.Text("value") ?? "the default"))));
            }
        }
    }

    private static readonly string[] RestartAll = ["./pgaspire down", "./pgaspire up --detach"];

    private static Finding Differ(string name, IEnumerable<(string Instance, string Value)> values) => new(
        Severity.Info, name, Differences("values", values), "instances of one topology are to be alike: set it in topology.json, and take back what ALTER SYSTEM set",
        $"ALTER SYSTEM RESET {name}", "SELECT pg_reload_conf()");

    private static Finding VersionsDiffer(IEnumerable<(string Instance, string Value)> values) => new(
        Severity.Info, "version", Differences("versions", values), "start all of them anew with the one that is installed now", "SELECT version()") { Commands = RestartAll };

    private static string Differences(string what, IEnumerable<(string Instance, string Value)> values) =>
        $"instances have different {what}: {string.Join("; ", values.GroupBy(entry => entry.Value).Select(group => $"{group.Key} on {string.Join(", ", group.Select(entry => entry.Instance))}"))}";
}
