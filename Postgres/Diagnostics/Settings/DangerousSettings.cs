namespace PgAspire.Postgres.Diagnostics.Settings;

/// <summary>Values of settings that put data or service at risk.</summary>
internal static class DangerousSettings
{
    private static readonly Dictionary<string, (string Value, Severity Severity, string Meaning, string Advice)> ByName = new()
    {
        ["fsync"] = ("off", Severity.Critical, "a crash of the machine leaves the data damaged beyond repair", "right for data that may be lost alone (durability fast); else durability safe"),
        ["full_page_writes"] = ("off", Severity.Critical, "a page half written at a crash of the machine stays damaged", "right for data that may be lost alone (durability fast); else durability safe"),
        ["synchronous_commit"] = ("off", Severity.Warning, "a crash loses the last acknowledged commits, up to three times wal_writer_delay", "set it for the transactions alone that may be lost"),
        ["autovacuum"] = ("off", Severity.Critical, "tables bloat, statistics grow old, and in the end the server stops before transaction ids wrap around", "turn it on, and tune it for the tables that suffer"),
        ["track_counts"] = ("off", Severity.Critical, "autovacuum sees no changes, and so does nothing", "turn it on"),
        ["zero_damaged_pages"] = ("on", Severity.Critical, "damaged pages are emptied without a word", "for the rescue of a damaged table alone"),
        ["ignore_checksum_failure"] = ("on", Severity.Critical, "damaged pages are taken for good ones", "for the rescue of a damaged table alone"),
        ["ignore_system_indexes"] = ("on", Severity.Warning, "every look into the catalogue reads all of it", "for the rescue of a damaged catalogue alone"),
        ["allow_system_table_mods"] = ("on", Severity.Warning, "a slip can damage the catalogue", "turn it off"),
        ["password_encryption"] = ("md5", Severity.Warning, "new passwords are stored as MD5 hashes, which can be broken, and versions to come no longer take", "scram-sha-256, then set every password anew"),
        ["enable_indexscan"] = ("off", Severity.Warning, "the planner avoids indexes everywhere", "set it in the session of an experiment alone"),
        ["enable_seqscan"] = ("off", Severity.Info, "the planner avoids sequential scans where they are the quickest", "set it in the session of an experiment alone"),
        ["log_statement"] = ("all", Severity.Info, "every statement is logged, its values too, passwords among them", "ddl, or none with pg_stat_statements"),
        ["data_sync_retry"] = ("on", Severity.Warning, "a failed flush is tried again, though what it was to write may be gone", "turn it off: a crash and recovery are safe"),
    };

    /// <summary>Settings that are shown whatever their value.</summary>
    public static IEnumerable<string> Names => ByName.Keys;

    public static Finding? Judge(string name, string value)
    {
        if (!ByName.TryGetValue(name, out var danger) || danger.Value != value)
        {
            return null;
        }

        // Said outright: a RESET would leave what topology.json says.
        var safe = value switch
        {
            "on" => "off",
            "off" => "on",
            "md5" => "'scram-sha-256'",
            _ => "none",
        };
        return new(danger.Severity, name, $"{name} is {value}: {danger.Meaning}", danger.Advice, $"ALTER SYSTEM SET {name} = {safe}", "SELECT pg_reload_conf()")
        {
            Commands = name == "fsync" ? ["sync"] : [], // What was written until then.
        };
    }
}
