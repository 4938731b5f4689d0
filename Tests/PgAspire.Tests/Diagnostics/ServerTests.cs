using System.Text.RegularExpressions;
using PgAspire.Postgres.Diagnostics;
using PgAspire.Postgres.Diagnostics.Settings;
using PgAspire.Postgres.Roles;
using PgAspire.Tests.Support;

namespace PgAspire.Tests.Diagnostics;

/// <summary>Each diagnostic finds on a real server what was made to be found.</summary>
[Collection(nameof(InspectedTopology))]
public sealed partial class ServerTests(InspectedTopology inspected)
{
    [Theory]
    [InlineData("slow-queries", "SELECT pg_sleep($1)", Severity.Warning)]
    [InlineData("bloat", "Odd Schema.Big", Severity.Info)]
    [InlineData("duplicate-indexes", "Odd Schema.Big N again", Severity.Warning)]
    [InlineData("duplicate-indexes", "Odd Schema.big_n", Severity.Info)]
    [InlineData("unused-indexes", "Odd Schema.big_n_filler", Severity.Info)]
    [InlineData("missing-indexes", "public.child (big)", Severity.Info)]
    [InlineData("invalid-indexes", "public.twice_a", Severity.Warning)]
    [InlineData("seq-scans", "Odd Schema.Big", Severity.Info)]
    [InlineData("index-usage", "Odd Schema.Big", Severity.Info)]
    [InlineData("vacuum-stats", "public.dead", Severity.Warning)]
    [InlineData("unlogged-tables", "public.forgotten", Severity.Warning)]
    [InlineData("sequences", "public.worn", Severity.Critical)]
    [InlineData("temp-files", "app", Severity.Info)]
    [InlineData("prepared-transactions", "left", Severity.Warning)]
    [InlineData("role-stats", "boss", Severity.Warning)]
    [InlineData("extensions", "pg_trgm", Severity.Info)]
    [InlineData("replication-slots", "left", Severity.Critical)]
    [InlineData("settings", "autovacuum", Severity.Critical)]
    [InlineData("settings", "fsync", Severity.Critical)]
    [InlineData("settings", "work_mem", Severity.Info)]
    [InlineData("checkpoints", "max_wal_size", Severity.Info)]
    public async Task WhatIsWrongIsFound(string diagnostic, string subject, Severity severity)
    {
        // Statistics come with a delay.
        DiagnosticReport? report = null;
        await Until.TrueAsync(async () => (report = await inspected.AskAsync(diagnostic)).Findings.Any(placed => placed.Finding.Subject == subject), $"{diagnostic} finds {subject}");
        Assert.Contains(report!.Findings, placed => placed.Finding.Subject == subject && placed.Finding.Severity == severity);
    }

    [Theory]
    [InlineData("outliers", "statement", "SELECT pg_sleep($1)")]
    [InlineData("calls", "statement", "INSERT INTO wal VALUES ($1)")]
    [InlineData("db-stats", "database", "app")]
    [InlineData("table-sizes", "table", "Big")]
    [InlineData("index-sizes", "index", "big_n_filler")]
    [InlineData("traffic-profile", "table", "Big")]
    [InlineData("cache-hit", "name", "Big")]
    [InlineData("wraparound", "database", "app")]
    [InlineData("checksums", "database", "app")]
    [InlineData("authentication", "method", "scram-sha-256")]
    [InlineData("isolation", "scope", "server")]
    [InlineData("connections", "user", "replicator")]
    [InlineData("replication", "state", "streaming")]
    public async Task WhatThereIsIsShown(string diagnostic, string column, string value)
    {
        if (diagnostic == "connections")
        {
            await using var session = await inspected.OpenAsync("replicator");
            Assert.Contains((await inspected.AskAsync(diagnostic)).Instances[0].Rows, row => row.Text(column) == value);
            return;
        }

        await Until.TrueAsync(async () => (await inspected.AskAsync(diagnostic)).Instances[0].Rows.Any(row => row.Text(column) == value), $"{diagnostic} shows {value}");
    }

    [Fact]
    public async Task AReplicaSaysThatItStreamsAndIsAskedNothingThatItsPrimaryAnswers()
    {
        var replica = (await inspected.AskAsync("replication")).Instances[1];
        Assert.Equal(("replica", "streaming"), (replica.Role, Assert.Single(replica.Rows).Text("state")));
        Assert.Equal("as on its primary", (await inspected.AskAsync("bloat")).Instances[1].Skipped);
    }

    [Fact]
    public async Task NothingIsSkippedOnAPrimaryWithTheRightsThatItIsMadeWith()
    {
        var reports = await Inspection.RunAsync(
            DiagnosticCatalog.All, inspected.Targets(), TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        Assert.Equal([], reports.Where(report => report.Instances[0].Skipped is not null || report.Instances[0].Failure is not null)
            .Select(report => $"{report.Diagnostic.Name}: {report.Instances[0].Skipped}{report.Instances[0].Failure}"));
        Assert.All(reports, report => Assert.Null(report.Instances[1].Failure));
        Assert.Equal("widths", reports.Single(report => report.Diagnostic.Name == "bloat").Instances[0].Rows[0].Text("estimated_from"));
    }

    [Fact]
    public async Task ADropThatWasAdvisedWorksAsItIsWritten()
    {
        await inspected.ExecuteAsync("CREATE TABLE IF NOT EXISTS \"Odd Schema\".\"Say \"\"when\"\"\" (a int)");
        await inspected.ExecuteAsync("CREATE INDEX \"I\"\"1\" ON \"Odd Schema\".\"Say \"\"when\"\"\" (a)");
        await inspected.ExecuteAsync("CREATE INDEX \"I\"\"2\" ON \"Odd Schema\".\"Say \"\"when\"\"\" (a)");
        var advised = (await inspected.AskAsync("duplicate-indexes")).Findings.Single(placed => placed.Finding.Subject == "Odd Schema.I\"2").Finding;
        await inspected.ExecuteAsync(Assert.Single(advised.Sql));
        Assert.DoesNotContain((await inspected.AskAsync("duplicate-indexes")).Findings, placed => placed.Finding.Subject.StartsWith("Odd Schema.I\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task WhatIsToBeLookedUpCanBe()
    {
        var reports = await Inspection.RunAsync(DiagnosticCatalog.All, inspected.Targets(), TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        var found = reports.SelectMany(report => report.Findings.Select(placed => placed.Finding)).Concat(JudgementTests.Findings().Select(entry => entry.Finding));
        var statements = found.SelectMany(finding => finding.Sql).Where(sql => LooksUp().IsMatch(sql)).Distinct().ToList();
        Assert.True(statements.Count > 10);
        await using var session = await inspected.OpenAsync(RoleNames.Superuser);
        var refused = new List<string>();
        foreach (var sql in statements)
        {
            try
            {
                await InspectedTopology.RunAsync(session, sql);
            }
            catch (Npgsql.PostgresException exception)
            {
                refused.Add($"{sql}: {exception.MessageText}");
            }
        }

        Assert.Empty(refused);
    }

    [Fact]
    public async Task EverySettingThatIsAdvisedIsTakenByTheServer()
    {
        await using var session = await inspected.OpenAsync(RoleNames.Superuser);
        foreach (var finding in JudgementTests.Findings().Select(entry => entry.Finding).Where(finding => DangerousSettings.Names.Contains(finding.Subject) && finding.Sql[0].Contains(" SET ", StringComparison.Ordinal)))
        {
            await InspectedTopology.RunAsync(session, finding.Sql[0]);
            await InspectedTopology.RunAsync(session, $"ALTER SYSTEM RESET {finding.Subject}");
        }
    }

    [Fact]
    public async Task ConnectionsNearTheirLimitAreFound()
    {
        var open = new List<Npgsql.NpgsqlConnection>();
        try
        {
            while (open.Count < 32)
            {
                open.Add(await inspected.OpenAsync(application: "greedy"));
            }

            var finding = (await inspected.AskAsync("connections")).Findings[0].Finding;
            Assert.NotEqual(Severity.Info, finding.Severity);
            Assert.Contains("greedy", finding.Meaning, StringComparison.Ordinal);
        }
        finally
        {
            foreach (var connection in open)
            {
                await connection.DisposeAsync();
            }
        }
    }

    [GeneratedRegex(@"^(SHOW|SELECT (?!pg_(terminate|cancel|drop|wal_replay)))")]
    private static partial Regex LooksUp();
}
