using Npgsql;
using PgAspire.Cli.Commands;
using PgAspire.Cli.Embedded;
using PgAspire.Cli.Processes;
using PgAspire.Postgres.Diagnostics;
using PgAspire.Postgres.Roles;
using PgAspire.Tests.Support;

namespace PgAspire.Tests.Diagnostics;

[CollectionDefinition(nameof(InspectedTopology))]
#pragma warning disable CA1711
public sealed class InspectedTopologyCollection : ICollectionFixture<InspectedTopology>;
#pragma warning restore CA1711

/// <summary>One topology for all tests that look into servers, in whose primary something is wrong of every kind.</summary>
public sealed class InspectedTopology : IAsyncLifetime
{
    // Whoever tests diagnostics loads the primary: on a busy machine it answers late, and is not to be ended for it.
    private const string Declaration =
        """
        {
          "clusters": 1, "instances": 2, "durability": "fast", "unresponsiveAfter": 300,
          "settings": {
            "autovacuum": "off", "max_prepared_transactions": "4", "deadlock_timeout": "100ms", "max_connections": "40", "max_slot_wal_keep_size": "32MB",
            "default_transaction_isolation": "read committed", "archive_mode": "on", "archive_command": "true"
          }
        }
        """;

    /// <summary>As role <c>app</c>, but for those of the superuser.</summary>
    private static readonly (string Role, string Sql)[] Troubles =
    [
        ("app", "CREATE SCHEMA \"Odd Schema\""),
        ("app", "CREATE TABLE \"Odd Schema\".\"Big\" (id serial PRIMARY KEY, filler text NOT NULL, n int NOT NULL)"),
        ("app", "INSERT INTO \"Odd Schema\".\"Big\" (filler, n) SELECT repeat('x', 100), g FROM generate_series(1, 150000) g"),
        ("app", "CREATE INDEX big_n ON \"Odd Schema\".\"Big\" (n)"),
        ("app", "CREATE INDEX \"Big N again\" ON \"Odd Schema\".\"Big\" (n)"),
        ("app", "CREATE INDEX big_n_filler ON \"Odd Schema\".\"Big\" (n, filler)"),
        ("app", "DO $$ BEGIN FOR i IN 1..110 LOOP PERFORM count(*) FROM \"Odd Schema\".\"Big\" WHERE filler = 'y'; END LOOP; END $$"),
        ("app", "DELETE FROM \"Odd Schema\".\"Big\" WHERE id % 10 <> 0"),
        ("app", "VACUUM (ANALYZE) \"Odd Schema\".\"Big\""),
        ("app", "CREATE TABLE child (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, big int REFERENCES \"Odd Schema\".\"Big\", note text)"),
        ("app", "CREATE TABLE dead (id int)"),
        ("app", "INSERT INTO dead SELECT generate_series(1, 5000)"),
        ("app", "DELETE FROM dead"),
        ("app", "CREATE TABLE twice AS SELECT 1 AS a FROM generate_series(1, 2)"),
        ("app", "CREATE UNLOGGED TABLE forgotten (id int)"),
        ("app", "CREATE SEQUENCE worn AS int"),
        ("app", "SELECT setval('worn', 2000000000)"),
        ("app", "SET work_mem = '64kB'; SELECT count(*) FROM (SELECT g, repeat('z', 100) AS z FROM generate_series(1, 200000) g ORDER BY 2, 1 DESC OFFSET 0) s"),
        ("app", "SELECT pg_sleep(1.1)"),
        ("app", "BEGIN; INSERT INTO dead VALUES (1); PREPARE TRANSACTION 'left'"),
        ("postgres", "CREATE ROLE boss LOGIN SUPERUSER"),
        ("postgres", "CREATE EXTENSION pg_trgm VERSION '1.3'"),
        ("postgres", "SELECT pg_create_physical_replication_slot('left', true)"),
        ("postgres", "ALTER SYSTEM SET work_mem = '5MB'"),
        ("postgres", "SELECT pg_reload_conf()"),
    ];

    private TestTopology _topology = null!;
    private TopologyStatus _status = null!;

    internal TestTopology Topology => _topology;

    public async ValueTask InitializeAsync()
    {
        _topology = await TestTopology.MakeAsync(Declaration);
        (await _topology.UpAsync()).Succeeded();
        _status = await _topology.StatusAsync();
        foreach (var (role, sql) in Troubles)
        {
            await ExecuteAsync(sql, role);
        }

        await Assert.ThrowsAsync<PostgresException>(() => ExecuteAsync("CREATE UNIQUE INDEX CONCURRENTLY twice_a ON twice (a)"));
        for (var i = 0; i < 12; i++)
        {
            await ExecuteAsync("CREATE TABLE IF NOT EXISTS wal (id int); INSERT INTO wal VALUES (1)");
            await ExecuteAsync("SELECT pg_switch_wal()", RoleNames.Superuser);
            // The replica keeps its slot: the one that is left over is to lose its WAL.
            await Until.TrueAsync(
                async () => true.Equals(await _topology.AskAsync("pg1-1", "SELECT bool_or(flush_lsn >= pg_current_wal_lsn()) FROM pg_stat_replication WHERE application_name = 'pg1_2'", RoleNames.Superuser)),
                "the replica has all WAL");
            await ExecuteAsync("CHECKPOINT", RoleNames.Superuser);
        }
    }

    public async ValueTask DisposeAsync() => await _topology.DisposeAsync();

    internal IReadOnlyList<InspectionTarget> Targets() => new InspectionTargets(new StateFolder(_topology.State, ServerUser.Current())).Of(_status.Instances);

    /// <summary>Runs one diagnostic on both instances; both answer.</summary>
    internal async Task<DiagnosticReport> AskAsync(string name)
    {
        var reports = await Inspection.RunAsync([DiagnosticCatalog.Find(name)!], Targets(), TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        Assert.All(reports[0].Instances, instance => Assert.Null(instance.Failure));
        return reports[0];
    }

    /// <summary>Opens a session with the primary.</summary>
    internal async Task<NpgsqlConnection> OpenAsync(string role = RoleNames.Application, string application = "test", string database = "app")
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(ConnectionString(role, database))
        {
            ApplicationName = application, Pooling = false, Timeout = 60, CommandTimeout = 120,
        }.ConnectionString);
        await connection.OpenAsync();
        return connection;
    }

    /// <summary>Of the primary, as an application gets it.</summary>
    internal string ConnectionString(string role = RoleNames.Application, string database = "app") => new NpgsqlConnectionStringBuilder
    {
        Host = "127.0.0.1", Port = PostmasterFile.ReadOfRunning(Path.Combine(_topology.State, "data", "pg1-1"))!.Port,
        Username = role, Password = _topology.Secrets()["pg1"].Of(role), Database = database,
    }.ConnectionString;

    internal async Task ExecuteAsync(string sql, string role = RoleNames.Application)
    {
        await using var connection = await OpenAsync(role);
        foreach (var statement in sql.StartsWith("DO ", StringComparison.Ordinal) ? [sql] : sql.Split("; "))
        {
            await RunAsync(connection, statement);
        }
    }

    internal static async Task RunAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
