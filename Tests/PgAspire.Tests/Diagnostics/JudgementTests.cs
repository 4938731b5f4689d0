using PgAspire.Postgres.Diagnostics;
using PgAspire.Postgres.Diagnostics.Settings;

namespace PgAspire.Tests.Diagnostics;

/// <summary>Every judgement of a row, at and beside its limits.</summary>
public sealed class JudgementTests
{
    private const long MiB = 1024 * 1024;
    private const long GiB = 1024 * MiB;

    public static TheoryData<string, string?, (string, object?)[]> Cases() => new()
    {
        { "slow-queries", null, [("statement", "SELECT $1"), ("calls", 3), ("mean_ms", 99.0)] },
        { "slow-queries", "Info", [("statement", "SELECT $1"), ("calls", 3), ("mean_ms", 100.0)] },
        { "slow-queries", null, [("statement", "SELECT $1"), ("calls", 2), ("mean_ms", 999.0)] },
        { "slow-queries", "Warning", [("statement", "SELECT $1"), ("calls", 1), ("mean_ms", 1000.0)] },
        { "slow-queries", "Info", [("statement", "SELECT ? …"), ("query_id", "-12"), ("calls", 3), ("mean_ms", 100.0)] },
        { "slow-queries", "Info", [("statement", "VACUUM t"), ("query_id", "12"), ("calls", 3), ("mean_ms", 100.0)] },
        { "outliers", null, [("share", 0.9), ("total_ms", 59_000.0)] },
        { "outliers", null, [("share", 0.29), ("total_ms", 90_000.0)] },
        { "outliers", "Info", [("share", 0.3), ("total_ms", 60_000.0)] },
        { "calls", "Info", [("calls", 100_000), ("rows", 100_000), ("share", 0.5)] },
        { "calls", null, [("calls", 100_000), ("rows", 900_000), ("share", 0.5)] },
        { "calls", null, [("calls", 99_999), ("rows", 1), ("share", 0.5)] },
        { "deadlocks", "Warning", [("database", "app"), ("session", "7"), ("statement", "DELETE FROM t")] },
        { "deadlocks", "Info", [("database", "app"), ("counted", 2)] },
        { "running", null, [("state", "active"), ("transaction_seconds", 299.0)] },
        { "running", "Warning", [("state", "active"), ("transaction_seconds", 300.0)] },
        { "running", "Warning", [("state", "idle in transaction"), ("transaction_seconds", 60.0)] },
        { "running", "Critical", [("state", "idle in transaction (aborted)"), ("transaction_seconds", 3600.0)] },
        { "isolation", "Info", [("scope", "server"), ("isolation", "read uncommitted")] },
        { "isolation", null, [("scope", "server"), ("isolation", "serializable")] },
        { "blocking", null, [("session", "1"), ("waiting", 0)] },
        { "blocking", "Info", [("session", "1"), ("waiting", 1), ("waits_seconds", 9.0)] },
        { "blocking", "Warning", [("session", "1"), ("waiting", 2), ("waits_seconds", 10.0)] },
        { "blocking", "Critical", [("session", "1"), ("waiting", 2), ("waits_seconds", 300.0)] },
        { "blocking", "Critical", [("session", "prepared transaction"), ("waiting", 1), ("waits_seconds", 1.0)] },
        { "locks", "Warning", [("granted", true), ("kind", "relation"), ("mode", "AccessExclusiveLock"), ("transaction_seconds", 30.0)] },
        { "locks", null, [("granted", false), ("kind", "relation"), ("mode", "AccessExclusiveLock"), ("transaction_seconds", 30.0)] },
        { "locks", null, [("granted", true), ("kind", "relation"), ("mode", "ShareLock"), ("transaction_seconds", 300.0)] },
        { "connections", null, [("all_connections", 79), ("most_connections", 100)] },
        { "connections", "Warning", [("all_connections", 80), ("most_connections", 100)] },
        { "connections", "Critical", [("all_connections", 95), ("most_connections", 100)] },
        { "role-stats", null, [("user", "postgres"), ("superuser", true)] },
        { "role-stats", "Warning", [("user", "boss"), ("superuser", true)] },
        { "role-stats", "Warning", [("user", "app"), ("connections", 8), ("connection_limit", 10)] },
        { "db-stats", null, [("commits", 999), ("rollbacks", 0), ("rollback_ratio", 0.0)] },
        { "db-stats", "Info", [("commits", 900), ("rollbacks", 100), ("rollback_ratio", 0.1)] },
        { "cache-hit", null, [("kind", "table"), ("hits", 99_000), ("reads", 1000), ("hit_ratio", 0.99)] },
        { "cache-hit", "Info", [("kind", "table"), ("hits", 95_000), ("reads", 5000), ("hit_ratio", 0.95)] },
        { "cache-hit", "Warning", [("kind", "index"), ("hits", 5000), ("reads", 5000), ("hit_ratio", 0.5)] },
        { "cache-hit", null, [("schema", "public"), ("hits", 5000), ("reads", 5000), ("hit_ratio", 0.5)] },
        { "table-sizes", "Info", [("index_bytes", 300 * MiB), ("table_bytes", 100 * MiB), ("toast_bytes", 0)] },
        { "table-sizes", null, [("index_bytes", 300 * MiB), ("table_bytes", 100 * MiB), ("toast_bytes", 60 * MiB)] },
        { "seq-scans", null, [("sequential_scans", 9), ("rows_per_scan", 100_000)] },
        { "seq-scans", "Info", [("sequential_scans", 10), ("rows_per_scan", 10_000), ("rows_read", 100_000)] },
        { "seq-scans", "Warning", [("sequential_scans", 1000), ("rows_per_scan", 100_000), ("rows_read", 100_000_000)] },
        { "index-usage", "Info", [("rows", 10_000), ("sequential_scans", 100), ("index_ratio", 0.49)] },
        { "index-usage", null, [("rows", 10_000), ("sequential_scans", 100), ("index_ratio", 0.5)] },
        { "duplicate-indexes", "Warning", [("kind", "same")] },
        { "duplicate-indexes", "Info", [("kind", "prefix")] },
        { "missing-indexes", "Info", [("rows", 9999)] },
        { "missing-indexes", "Warning", [("rows", 10_000)] },
        { "invalid-indexes", "Warning", [("in_progress", false)] },
        { "invalid-indexes", null, [("in_progress", true)] },
        { "bloat", null, [("bloat_bytes", 4 * MiB), ("bloat_ratio", 0.9)] },
        { "bloat", "Info", [("bloat_bytes", 5 * MiB), ("bloat_ratio", 0.3)] },
        { "bloat", "Warning", [("bloat_bytes", 100 * MiB), ("bloat_ratio", 0.5)] },
        { "vacuum-stats", "Warning", [("autovacuum", false)] },
        { "vacuum-stats", "Warning", [("autovacuum", true), ("dead_rows", 1000), ("threshold", 499)] },
        { "vacuum-stats", null, [("autovacuum", true), ("dead_rows", 1000), ("threshold", 500)] },
        { "vacuum-stats", "Info", [("autovacuum", true), ("rows", 1000), ("threshold", 500)] },
        { "wraparound", null, [("used_ratio", 0.1), ("transaction_age", 299), ("freezes_at", 200)] },
        { "wraparound", "Warning", [("used_ratio", 0.1), ("transaction_age", 300), ("freezes_at", 200)] },
        { "wraparound", "Critical", [("used_ratio", 0.5), ("transaction_age", 1), ("freezes_at", 200)] },
        { "sequences", "Info", [("readable", false)] },
        { "sequences", null, [("readable", true), ("used_ratio", 0.74)] },
        { "sequences", null, [("readable", true), ("used_ratio", 0.99), ("cycles", true)] },
        { "sequences", "Warning", [("readable", true), ("used_ratio", 0.75)] },
        { "sequences", "Critical", [("readable", true), ("used_ratio", 0.9)] },
        { "unlogged-tables", "Warning", [("rows", 0)] },
        { "temp-files", null, [("bytes", 9 * MiB)] },
        { "temp-files", "Info", [("bytes", 10 * MiB)] },
        { "temp-files", "Warning", [("bytes", 10 * GiB)] },
        { "prepared-transactions", "Warning", [("seconds", 1.0)] },
        { "prepared-transactions", "Critical", [("seconds", 3600.0)] },
        { "replication", null, [("state", "streaming"), ("replay_lag_bytes", 63 * MiB), ("replay_lag_seconds", 29.0)] },
        { "replication", "Warning", [("state", "streaming"), ("replay_lag_bytes", 64 * MiB)] },
        { "replication", "Info", [("state", "catchup")] },
        { "replication-slots", null, [("active", true), ("wal_status", "extended"), ("kept_bytes", GiB)] },
        { "replication-slots", "Warning", [("active", false), ("wal_status", "extended"), ("kept_bytes", 128 * MiB)] },
        { "replication-slots", "Critical", [("active", false), ("wal_status", "unreserved")] },
        { "replication-slots", "Critical", [("active", false), ("wal_status", "lost")] },
        { "settings", "Critical", [("setting", "fsync"), ("value", "off")] },
        { "settings", "Critical", [("setting", "full_page_writes"), ("value", "off")] },
        { "settings", "Critical", [("setting", "autovacuum"), ("value", "off")] },
        { "settings", "Warning", [("setting", "synchronous_commit"), ("value", "off")] },
        { "settings", null, [("setting", "synchronous_commit"), ("value", "local")] },
        { "settings", "Warning", [("setting", "max_connections"), ("value", "120"), ("waits_for_restart", true)] },
        { "authentication", null, [("type", "host"), ("method", "scram-sha-256")] },
        { "authentication", "Warning", [("type", "local"), ("method", "trust")] },
        { "authentication", "Critical", [("type", "host"), ("method", "trust")] },
        { "authentication", "Warning", [("type", "host"), ("method", "md5")] },
        { "authentication", "Critical", [("error", "invalid authentication method")] },
        { "checksums", null, [("enabled", true), ("failures", 0)] },
        { "checksums", "Warning", [("enabled", false), ("failures", 0)] },
        { "checksums", "Critical", [("enabled", true), ("failures", 1)] },
        { "checkpoints", null, [("requested", 9), ("requested_ratio", 1.0)] },
        { "checkpoints", "Info", [("requested", 10), ("requested_ratio", 0.5)] },
        { "extensions", null, [("outdated", false), ("installed_version", "1.0")] },
        { "extensions", "Info", [("outdated", true), ("installed_version", "1.1"), ("version", "1.0")] },
        { "extensions", "Warning", [("outdated", true)] },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void ARowIsAsBadAsItIs(string diagnostic, string? expected, (string, object?)[] row) =>
        Assert.Equal(expected, Rows.Judge(diagnostic, row).Select(finding => finding.Severity.ToString()).FirstOrDefault());

    /// <summary>Every kind of finding, by the name of its diagnostic.</summary>
    internal static IReadOnlyList<(string Diagnostic, Finding Finding)> Findings()
    {
        var primary = Cases().Select(row => (row.Data.Item1, Reports: new[] { Rows.Report("pg1-1", Rows.Of(row.Data.Item3)) }));
        var replica = new[] { ("not streaming", false, 0), ("streaming", true, 0), ("streaming", false, 64 * MiB) }.Select(entry => (
            "replication", Reports: new[] { Rows.Report("pg1-2", Rows.Of(("state", entry.Item1), ("paused", entry.Item2), ("replay_lag_bytes", entry.Item3))) }));
        var settings = DangerousSettings.Names.SelectMany(name => new[] { "on", "off", "md5", "all" }.Select(value => (
            "settings", Reports: new[] { Rows.Report("pg1-1", Rows.Of(("setting", name), ("value", value))) })));
        var memory = Rows.Report("pg1-1", Rows.Of(("setting", "shared_buffers"), ("in_bytes", 1000.0)));
        (string, InstanceReport[])[] compared =
        [
            ("settings", [memory with { Server = memory.Server! with { MemoryBytes = 1 } }]),
            ("settings", [Rows.Report("pg1-1", Rows.Of(("setting", "work_mem"), ("raw", "1"), ("default", "2"))), Rows.Report("pg1-2")]),
            ("settings", [Rows.Report("pg1-1"), Rows.Report("pg1-2") with { Server = Rows.Server(17) }]),
            ("replication", [Rows.Report("pg1-1"), Rows.Report("pg1-3")]),
            ("replication", [Rows.Report("pg1-1"), Rows.Report("pg1-2")]),
            ("unused-indexes", [Rows.Report("pg1-1", Rows.Of(("schema", "public"), ("index", "i"), ("bytes", MiB), ("counted_seconds", 10.0)))]),
        ];
        return
        [
            .. primary.Concat(replica).Concat(settings).Concat(compared).SelectMany(entry =>
                new DiagnosticReport(DiagnosticCatalog.Find(entry.Item1)!, entry.Item2).Findings.Select(placed => (entry.Item1, placed.Finding))),
        ];
    }

    [Fact]
    public void EveryFindingSaysWhatItMeansAndWhatToDoWithTheSqlOrTheCommandToDoIt() => Assert.All(Findings(), found =>
    {
        Assert.NotEmpty(found.Finding.Meaning);
        Assert.NotEmpty(found.Finding.Advice);
        Assert.NotEmpty(found.Finding.Steps);
        Assert.DoesNotContain(Finding.Here, string.Concat(found.Finding.Steps), StringComparison.Ordinal);
    });

    [Fact]
    public void EveryDiagnosticButTwoHasFindings() => Assert.Equal(
        ["traffic-profile", "index-sizes"], DiagnosticCatalog.All.Select(diagnostic => diagnostic.Name).Except(Findings().Select(found => found.Diagnostic)));

    [Fact]
    public void WhatIsToBeTypedIsSqlThatEndsAndCommandsThatNameTheInstance()
    {
        Finding finding = new(Severity.Info, "", "", "", "SELECT 1", "SELECT 2 -- on each", "DROP INDEX \"a -- b\"") { Commands = [$"./pgaspire logs {Finding.Here}"] };
        Assert.Equal(["SELECT 1;", "SELECT 2; -- on each", "DROP INDEX \"a -- b\";", "./pgaspire logs pg1-1"], finding.On("pg1-1").Steps);
    }

    [Fact]
    public void EveryNameInTheSqlIsQuoted()
    {
        (string, object?)[] names = [("schema", "s\"1"), ("table", "t"), ("index", "i"), ("columns", new[] { "c\"2" }), ("kind", "same")];
        Assert.Equal("""DROP INDEX CONCURRENTLY "s""1"."i";""", Rows.Judge("duplicate-indexes", names)[0].Sql[0] + ";");
        Assert.Equal("""CREATE INDEX CONCURRENTLY ON "s""1"."t" ("c""2")""", Rows.Judge("missing-indexes", names)[0].Sql[0]);
        Assert.Equal("SELECT pg_drop_replication_slot('a''b')", Rows.Judge("replication-slots", ("slot", "a'b"), ("wal_status", "lost"))[0].Sql[0]);
        Assert.Equal("ROLLBACK PREPARED E'a\\\\''b'", Rows.Judge("prepared-transactions", ("gid", "a\\'b"))[0].Sql[1]);
    }

    [Theory]
    [InlineData(18, "SELECT a FROM t WHERE b = $1", "EXPLAIN (GENERIC_PLAN) SELECT a FROM t WHERE b = $1")]
    [InlineData(15, "SELECT a FROM t WHERE b = $1 AND c = $2", "SET plan_cache_mode = force_generic_plan; PREPARE examined AS SELECT a FROM t WHERE b = $1 AND c = $2; EXPLAIN EXECUTE examined(NULL, NULL); DEALLOCATE examined")]
    [InlineData(15, "SELECT a FROM t", "EXPLAIN SELECT a FROM t")]
    [InlineData(18, "VACUUM t", "")]
    [InlineData(18, "SELECT ?", "")]
    [InlineData(18, "SELECT a + interval $1", "")]
    [InlineData(18, "SELECT interval_of($1)", "EXPLAIN (GENERIC_PLAN) SELECT interval_of($1)")]
    public void AStatementIsExplainedWithoutItsValues(int major, string statement, string expected) =>
        Assert.Equal(expected, string.Join("; ", PgAspire.Postgres.Diagnostics.Statements.StatementStatistics.Explain(statement, Rows.Server(major))));

    [Fact]
    public void AStatementWithoutAPlanIsLookedUpByItsNumber() =>
        Assert.EndsWith("FROM public.pg_stat_statements WHERE queryid = -12", Rows.Judge("slow-queries", ("statement", "SELECT ?"), ("query_id", "-12"), ("calls", 3), ("mean_ms", 100.0))[0].Sql[0], StringComparison.Ordinal);

    [Theory]
    [InlineData(true, "not streaming", false, "Critical")]
    [InlineData(true, "streaming", true, "Warning")]
    [InlineData(true, "streaming", false, null)]
    public void AReplicaIsJudgedByItsReceiver(bool isReplica, string state, bool paused, string? expected) => Assert.Equal(
        expected,
        DiagnosticCatalog.Find("replication")!.Judge([Rows.Of(("state", state), ("paused", paused))], Rows.Server(isReplica: isReplica)).FirstOrDefault()?.Severity.ToString());
}
