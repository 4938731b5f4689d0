using System.Collections.Concurrent;
using System.Diagnostics;
using Npgsql;
using PgAspire.Postgres.Diagnostics.Statements;
using PgAspire.ServiceDefaults;
using PgAspire.Tests.Monitor;
using PgAspire.Tests.Support;

namespace PgAspire.Tests.SampleApi;

[Collection(WatchedTopology.Collection)]
public sealed class QueryTagsTests(WatchedTopology watched)
{
    private const string Route = "GET /customers/{customer}/orders/{id:guid}";

    [Fact]
    public void TagsAreWrittenInTheOrderOfTheirKeysAndEscaped()
    {
        Assert.Equal(
            "SELECT 1 /*application='api',route='GET%20%2Fa%2F%7Bb%7D'*/", QueryTags.Append("SELECT 1", ("route", "GET /a/{b}"), ("application", "api")));
        Assert.Equal("SELECT 1 /*route='%2A%2F%3B%20DROP%27'*/", QueryTags.Append("SELECT 1", ("route", "*/; DROP'")));
    }

    [Fact]
    public async Task TheServerNamesTheRouteOfTheApplicationsStatements()
    {
        await using var servers = await PostgresServers.StartAsync(1);
        await using var api = await ApiProcess.StartAsync(servers.ConnectionStrings(1));
        var order = await api.OrderAsync("ada");
        for (var time = 0; time < 5; time++)
        {
            await api.GetJsonAsync($"/customers/ada/orders/{order.Id}");
        }

        var statements = await servers.All[0].ListAsync("SELECT query FROM pg_stat_activity WHERE application_name = 'PgAspire.SampleApi'");
        var tags = statements.Select(StatementTags.Of).Where(found => found.Route is not null).ToList();
        Assert.NotEmpty(tags);
        Assert.All(tags, found => Assert.Equal("PgAspire.SampleApi", found.Application));
        Assert.Contains(tags, found => found.Route == Route);
    }

    [Fact]
    public async Task ASlowStatementLeadsToItsRouteAndALiveSessionToItsSpan()
    {
        // Other tests of this process make spans at the same time.
        var spans = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Npgsql",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = spans.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        await using var session = await watched.ConnectAsync();
        var sql = QueryTags.Append("SELECT relname, pg_backend_pid() FROM pg_class WHERE relname = $1", (QueryTags.Route, Route));
        await using (var command = new NpgsqlCommand(sql, session) { Parameters = { new() { Value = "pg_class" } } })
        {
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        var span = Assert.Single(spans, span => sql.Equals(span.GetTagItem("db.query.text")));
        Assert.Equal($"{session.ProcessID}", $"{span.GetTagItem("db.npgsql.connection_id")}");
        await using var slow = new NpgsqlCommand("SELECT query FROM pg_stat_statements WHERE query LIKE '%pg_backend_pid() FROM pg_class%' AND query NOT LIKE '%pg_stat_statements%'", session);
        Assert.Equal(Route, StatementTags.Of((string)(await slow.ExecuteScalarAsync(TestContext.Current.CancellationToken))!).Route);
    }
}
