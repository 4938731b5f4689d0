using System.Text.Json.Nodes;
using Npgsql;
using PgAspire.Postgres.Diagnostics;
using PgAspire.Postgres.Roles;
using PgAspire.Tests.Support;

namespace PgAspire.Tests.Diagnostics;

/// <summary>What sessions do to one another is seen, and none of the values in their statements.</summary>
[Collection(nameof(InspectedTopology))]
public sealed class SessionTests(InspectedTopology inspected)
{
    private const string Secret = "ZqSecretValue";

    [Fact]
    public async Task WhoBlocksStandsAboveWhoWaitsAndNoValueIsOnAnyPage()
    {
        await inspected.ExecuteAsync("CREATE TABLE accounts (id int PRIMARY KEY, owner text)");
        await inspected.ExecuteAsync($"INSERT INTO accounts VALUES (1, '{Secret}'), (2, '{Secret}')");
        await inspected.ExecuteAsync($"CREATE ROLE temporary PASSWORD '{Secret}'", RoleNames.Superuser);
        await inspected.ExecuteAsync($"DO $$ BEGIN PERFORM '{Secret}'; END $$");
        await using var holder = await inspected.OpenAsync(application: "holder");
        await RunAsync(holder, "BEGIN");
        await RunAsync(holder, $"UPDATE accounts SET owner = '{Secret}' WHERE id = 1 /*application='shop',route='GET%20%2Faccounts%2F%7Bid%7D',user='{Secret}',traceparent='00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'*/");
        await using var waiter = await inspected.OpenAsync(application: "waiter");
        var waiting = RunAsync(waiter, $"DELETE FROM accounts WHERE id = 1 AND owner = E'{Secret}' -- {Secret}");

        DiagnosticReport? blocking = null;
        await Until.TrueAsync(async () => (blocking = await inspected.AskAsync("blocking")).Instances[0].Rows.Count == 2, "one waits for the other");
        var rows = blocking!.Instances[0].Rows;
        Assert.Equal([("holder", 1L), ("waiter", 0L)], rows.Select(row => (row.Text("application"), row.Whole("waiting"))));
        Assert.Equal($"  {waiter.ProcessID}", rows[1].Text("session"));
        Assert.Equal("DELETE FROM accounts WHERE id = ? AND owner = ?", rows[1].Text("statement"));
        Assert.Equal($"SELECT pg_cancel_backend({holder.ProcessID})", Assert.Single(blocking.Findings).Finding.Sql[0]);
        Assert.Contains((await inspected.AskAsync("locks")).Instances[0].Rows, row => row.Text("application") == "waiter" && !row.Is("granted"));

        var held = (await inspected.AskAsync("running")).Instances[0].Rows.Single(row => row.Text("application") == "holder");
        Assert.Equal(("GET /accounts/{id}", "0af7651916cd43dd8448eb211c80319c"), (held.Text("route"), held.Text("trace")));

        var all = await Inspection.RunAsync(DiagnosticCatalog.All, inspected.Targets(), TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        Assert.DoesNotContain(Secret, string.Concat(all.Select(report => ReportJson.Of(report).ToJsonString(ReportJson.Options))), StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, ReportJson.Findings(all).ToJsonString(ReportJson.Options), StringComparison.Ordinal);
        var shown = (await inspected.Topology.Command.RunAsync("inspect", "running")).Succeeded().Output + (await inspected.Topology.Command.RunAsync("inspect", "all")).Succeeded().Output;
        Assert.Contains("holder", shown, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, shown, StringComparison.Ordinal);

        await RunAsync(holder, "ROLLBACK");
        await waiting;
    }

    [Fact]
    public async Task ADeadlockIsToldWithBothStatementsAndWithoutTheirValues()
    {
        await inspected.ExecuteAsync("CREATE TABLE pair (id int PRIMARY KEY, note text)");
        await inspected.ExecuteAsync("INSERT INTO pair VALUES (1, ''), (2, '')");
        await using var one = await inspected.OpenAsync(application: "one");
        await using var other = await inspected.OpenAsync(application: "other");
        await RunAsync(one, "BEGIN");
        await RunAsync(other, "BEGIN");
        await RunAsync(one, "UPDATE pair SET note = '' WHERE id = 1");
        await RunAsync(other, "UPDATE pair SET note = '' WHERE id = 2");
        var results = await Task.WhenAll(
            FailureAsync(one, $"UPDATE pair SET note = '{Secret}' WHERE id = 2"),
            FailureAsync(other, $"DELETE FROM pair WHERE id = 1 AND note <> '{Secret}'"));
        Assert.Single(results, PostgresErrorCodes.DeadlockDetected);

        DiagnosticReport? report = null;
        await Until.TrueAsync(async () => (report = await inspected.AskAsync("deadlocks")).Instances[0].Rows.Count(row => row["session"] is not null) == 2, "the log tells it");
        Assert.Equal(
            ["DELETE FROM pair WHERE id = ? AND note <> ?", "UPDATE pair SET note = ? WHERE id = ?"],
            report!.Instances[0].Rows.Where(row => row["session"] is not null).Select(row => row.Text("statement")).Order(StringComparer.Ordinal));
        Assert.Single(report.Findings, placed => placed.Finding.Severity == Severity.Warning);
        Assert.DoesNotContain(Secret, ReportJson.Of(report).ToJsonString(ReportJson.Options), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SERIALIZABLE", "serializable")]
    [InlineData("REPEATABLE READ", "read committed by default")]
    [InlineData("READ COMMITTED", "read committed by default")]
    public async Task AnOpenTransactionShowsWhatCanBeToldOfItsIsolation(string level, string expected)
    {
        await using var session = await inspected.OpenAsync(application: level);
        await RunAsync(session, $"BEGIN ISOLATION LEVEL {level}");
        await RunAsync(session, "SELECT * FROM \"Odd Schema\".\"Big\" LIMIT 1");
        Assert.Equal(expected, (await inspected.AskAsync("running")).Instances[0].Rows.Single(row => row.Text("application") == level).Text("isolation"));
    }

    [Fact]
    public async Task AnInstanceThatHangsIsNamedAndDelaysNoOther()
    {
        var targets = inspected.Targets();
        using var hanging = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        hanging.Start();
        var port = ((System.Net.IPEndPoint)hanging.LocalEndpoint).Port;
        var reports = await Inspection.RunAsync(
            [DiagnosticCatalog.Find("db-stats")!],
            [new("pg9", "pg9", $"Host=127.0.0.1;Port={port};Username=monitor;Password=x;Database=app"), targets[0]],
            TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        Assert.Equal("no answer within 10 s", reports[0].Instances[0].Failure);
        Assert.NotEmpty(reports[0].Instances[1].Rows);
    }

    [Fact]
    public async Task TheCommandHasItsExitCodesAndItsJson()
    {
        var command = inspected.Topology.Command;
        Assert.Contains("duplicate-indexes", (await command.RunAsync("inspect")).Succeeded().Output, StringComparison.Ordinal);
        Assert.Equal("No diagnostic is called blaot: did you mean bloat? pgaspire inspect lists them.", (await command.RunAsync("inspect", "blaot")).FailedWith(2));
        Assert.StartsWith("No instance or cluster is called pg2", (await command.RunAsync("inspect", "bloat", "pg2")).FailedWith(2), StringComparison.Ordinal);
        var json = JsonNode.Parse((await command.RunAsync("inspect", "table-stats", "pg1-2", "--json")).Succeeded().Output)!;
        Assert.Equal(("table-sizes", "pg1-2", "replica"), ((string)json["name"]!, (string)json["rows"]![0]!["instance"]!, (string)json["rows"]![0]!["role"]!));
        var all = JsonNode.Parse((await command.RunAsync("inspect", "all", "--json")).Succeeded().Output)!;
        Assert.Contains(all["findings"]!.AsArray(), finding => (string)finding!["diagnostic"]! == "settings" && (string)finding["severity"]! == "critical");

        await using var stopped = await TestTopology.MakeAsync();
        Assert.Equal("No instance runs: pgaspire up starts them.", (await stopped.Command.RunAsync("inspect", "all")).FailedWith(3));
    }

    private static Task RunAsync(NpgsqlConnection connection, string sql) => InspectedTopology.RunAsync(connection, sql);

    private static async Task<string?> FailureAsync(NpgsqlConnection connection, string sql)
    {
        try
        {
            await RunAsync(connection, sql);
            return null;
        }
        catch (PostgresException exception)
        {
            return exception.SqlState;
        }
        finally
        {
            await RunAsync(connection, "ROLLBACK");
        }
    }
}
