using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Npgsql;
using PgAspire.Tests.Support;

namespace PgAspire.Tests.Monitor;

/// <summary>Instances that hang, die, or refuse.</summary>
public sealed class SilenceTests
{
    private const string Up = "postgresql_up";
    private const string Age = "pgaspire_monitor_collection_age_seconds";

    [Fact]
    public async Task AHangingInstanceDelaysNoOtherAndIsSeenAsDown()
    {
        await using var servers = await PostgresServers.StartAsync(2);
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        await using var monitor = new MonitorProcess(
            ("pg1", "pg1", servers["pg1"].MonitorConnectionString), ("pg2", "pg2", servers["pg2"].MonitorConnectionString),
            ("pg3", "pg3", $"Host=127.0.0.1;Port={((IPEndPoint)silent.LocalEndpoint).Port};Username=monitor;Password=x"));
        await monitor.SeeAsync(Up, value => value == 1, "instance=pg1");
        await monitor.SeeAsync(Up, value => value == 1, "instance=pg2");
        await monitor.SeeAsync(Up, value => value == 0, "instance=pg3", "role=unknown");
        await monitor.SeeAsync("pgaspire_monitor_collection_duration_seconds", value => value > 0, "instance=pg1");

        await servers["pg2"].PauseAsync();
        await monitor.SeeAsync(Up, value => value == 0, "instance=pg2", "role=primary");
        await monitor.SeeAsync("pgaspire_monitor_collection_failures_total", value => value >= 1, "instance=pg2");

        // While two of three hang, the third is asked again and again: more often than they are, each of which takes all its time.
        const string Failures = "pgaspire_monitor_collection_failures_total";
        var (last, rounds, failures) = (double.MaxValue, 0, (await monitor.ScrapeAsync()).Of(Failures, "instance=pg2"));
        await Until.TrueAsync(
            async () =>
            {
                var scrape = Stopwatch.StartNew();
                var seen = await monitor.ScrapeAsync();
                Assert.True(scrape.Elapsed < TimeSpan.FromSeconds(5), $"a scrape took {scrape.Elapsed}");
                Assert.Equal(0, seen.Of(Up, "instance=pg2"));
                var age = seen.Of(Age, "instance=pg1")!.Value;
                rounds += age < last && seen.Of(Up, "instance=pg1") == 1 ? 1 : 0;
                last = age;
                return seen.Of(Failures, "instance=pg2") >= failures + 5;
            },
            "pg2 does not answer five times more");
        Assert.True(rounds > 5, $"pg1 was asked {rounds} times meanwhile");

        // Its last values are gone, so that nobody takes them for today's.
        await monitor.SeeAsync("postgresql_connection_max", value => value is null, "instance=pg2");
        await servers["pg2"].ResumeAsync();
        await monitor.SeeAsync(Up, value => value == 1, "instance=pg2");
        await monitor.SeeAsync("postgresql_connection_max", value => value == 200, "instance=pg2");
    }

    [Fact]
    public async Task AnInstanceThatComesBackIsSeenAgainWithItsNewStart()
    {
        await using var servers = await PostgresServers.StartAsync(1);
        await using var monitor = new MonitorProcess(("pg1", "pg1", servers["pg1"].MonitorConnectionString));
        await monitor.SeeAsync(Up, value => value == 1);
        await monitor.SeeAsync("postgresql_server_info", value => value == 1);
        var before = (await monitor.ScrapeAsync()).Of("postgresql_server_start_time_seconds");
        await servers["pg1"].KillAsync();
        await monitor.SeeAsync(Up, value => value == 0);
        await servers["pg1"].StartAsync();
        await monitor.SeeAsync(Up, value => value == 1);
        await monitor.SeeAsync("postgresql_server_start_time_seconds", value => value > before);

        // A loaded machine may keep a server from answering once more: each time is told once, and its end too.
        await Until.TrueAsync(() => Lines("pg1 does not answer") is > 0 and var told && told == Lines("pg1 answers again"), "it is told that pg1 answers again");
        Assert.InRange(Lines("pg1 does not answer"), 1, 3);

        int Lines(string what) => monitor.Log.Split('\n').Count(line => line.Contains(what, StringComparison.Ordinal));
    }

    [Fact]
    public async Task NeitherAPasswordNorAStatementsValueIsShown()
    {
        const string Secret = "PuJ0pYt1Secret";
        await using var servers = await PostgresServers.StartAsync(1);
        var connection = new NpgsqlConnectionStringBuilder(servers["pg1"].MonitorConnectionString);
        await using var monitor = new MonitorProcess(
            ("pg1", "pg1", connection.ConnectionString),
            ("pg2", "pg2", new NpgsqlConnectionStringBuilder(connection.ConnectionString) { Password = Secret }.ConnectionString));
        await using var session = new NpgsqlConnection(connection.ConnectionString);
        await session.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand($"SELECT $1, '{Secret}', pg_sleep(600)", session) { CommandTimeout = 0, Parameters = { new() { Value = Secret } } };
        var running = command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        try
        {
            await monitor.SeeAsync("postgresql_query_longest_seconds", value => value > 1);
            await monitor.SeeAsync(Up, value => value == 0, "instance=pg2");
            await Until.TrueAsync(() => monitor.Log.Contains("pg2 does not answer", StringComparison.Ordinal), "it is told that pg2 does not answer");

            var all = (await monitor.ScrapeAsync()).Text + monitor.Log;
            Assert.DoesNotContain(Secret, all, StringComparison.Ordinal);
            Assert.DoesNotContain(connection.Password!, all, StringComparison.Ordinal);
        }
        finally
        {
            // A session with a statement under way would not be closed before its end.
            await servers["pg1"].KillAsync();
            await Assert.ThrowsAnyAsync<NpgsqlException>(() => running);
        }
    }

    [Theory]
    [InlineData("Host=a,b", "must name one host")]
    [InlineData("Password=PuJ0pYt1;Host", "is not a PostgreSQL connection string")]
    public async Task AWrongConfigurationIsNamedWithoutItsPassword(string connectionString, string message)
    {
        await using var monitor = new MonitorProcess(("pg1", "pg1", connectionString));
        Assert.NotEqual(0, await monitor.EndAsync());
        Assert.Contains(message, monitor.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("PuJ0pYt1", monitor.Log, StringComparison.Ordinal);
    }
}
