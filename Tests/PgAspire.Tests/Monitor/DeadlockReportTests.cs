using System.Net;
using System.Text.Json.Nodes;
using Npgsql;
using PgAspire.Postgres.Roles;
using PgAspire.Tests.Support;

namespace PgAspire.Tests.Monitor;

/// <summary>The monitor that <c>up</c> starts reads the servers' logs: it tells of a deadlock, and does not only count it.</summary>
[Collection(WatchedTopology.Collection)]
public sealed class DeadlockReportTests(WatchedTopology watched)
{
    private const string Delete = "DELETE FROM tills WHERE id = ? AND owner <> ?";
    private const string Update = "UPDATE tills SET owner = ? WHERE id = ?";

    [Fact]
    public async Task TheMonitorShowsBothStatementsOfADeadlockAndNoneOfTheirValues()
    {
        await using var one = await watched.ConnectAsync(role: RoleNames.Application, options: "Application Name=one");
        await using var other = await watched.ConnectAsync(role: RoleNames.Application, options: "Application Name=other");
        await one.RunAsync("CREATE TABLE tills (id int PRIMARY KEY, owner text); INSERT INTO tills VALUES (1, ''), (2, '')");
        await one.RunAsync("BEGIN; UPDATE tills SET owner = 'ZqMine' WHERE id = 1");
        await other.RunAsync("BEGIN; UPDATE tills SET owner = 'ZqTheirs' WHERE id = 2");
        var failure = await Record.ExceptionAsync(() => Task.WhenAll(
            one.RunAsync("UPDATE tills SET owner = 'ZqMine' WHERE id = 2 /*application='shop',route='PUT%20%2Ftills%2F%7Bid%7D',user='Zq'*/"),
            other.RunAsync("DELETE FROM tills WHERE id = 1 AND owner <> E'Zq\\'Theirs' -- Zq")));
        Assert.Equal(PostgresErrorCodes.DeadlockDetected, Assert.IsType<PostgresException>(failure).SqlState);

        List<JsonNode> rows = [];
        JsonNode report = null!;
        await Until.TrueAsync(
            async () =>
            {
                report = JsonNode.Parse(await watched.GetAsync("/diagnostics/deadlocks?instance=pg1-1"))!;
                rows = [.. report["rows"]!.AsArray().OfType<JsonNode>().Where(row => $"{row["statement"]}".Contains("tills", StringComparison.Ordinal))];
                return rows.Count > 0;
            },
            "the monitor tells of the deadlock");
        Assert.Equal([Delete, Update], rows.Select(row => (string)row["statement"]!).Order(StringComparer.Ordinal));
        Assert.Single(rows, row => (bool)row["victim"]!);
        Assert.Equal("PUT /tills/{id}", (string?)rows.Single(row => (string)row["statement"]! == Update)["route"]);
        var meaning = report["findings"]!.AsArray().Select(finding => (string)finding!["meaning"]!).Single(text => text.Contains("tills", StringComparison.Ordinal));
        Assert.All([Delete, Update, "issued by PUT /tills/{id} of "], part => Assert.Contains(part, meaning, StringComparison.Ordinal));

        var page = await watched.GetAsync("/diagnostics/deadlocks.html");
        Assert.All([Delete, Update], statement => Assert.Contains(WebUtility.HtmlEncode(statement), page, StringComparison.Ordinal));
        Assert.DoesNotContain("Zq", report.ToJsonString() + page + await watched.GetAsync("/diagnostics/all") + await watched.GetAsync("/diagnostics/all.html"), StringComparison.Ordinal);
    }
}
