using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Npgsql;
using PgAspire.Postgres.Control;

namespace PgAspire.Tests.Support;

/// <summary>One PostgreSQL server on the loopback interface, with a superuser <c>postgres</c> and the roles <c>app</c> and <c>monitor</c>.</summary>
public sealed class PostgresServer(string parent, string cluster, string? password = null)
{
    private const string Database = "app";
    private readonly string _data = Path.Combine(parent, cluster);
    private readonly string _password = password ?? RandomNumberGenerator.GetHexString(32);
    private readonly int _port = FreePorts.Find(1)[0];

    public string Cluster { get; } = cluster;

    public DnsEndPoint Address => new("127.0.0.1", _port);

    public string ConnectionString => Connection("app", Database);

    /// <summary>The same of the role <c>monitor</c>, which may look at everything.</summary>
    public string MonitorConnectionString => Connection("monitor", Database);

    /// <summary>How a replica reaches this server, for <c>primary_conninfo</c>.</summary>
    public string ReplicationConnection(string replica)
        => $"host=127.0.0.1 port={_port} user=postgres password={_password} application_name={replica}";

    public async Task CreateAsync()
    {
        var passwordFile = Path.Combine(parent, $"{Cluster}.password");
        await File.WriteAllTextAsync(passwordFile, _password);
        Directory.CreateDirectory(_data);
        PostgresTools.GiveToServers(_data);
        PostgresTools.GiveToServers(passwordFile);
        await PostgresTools.RunAsync(
            "initdb", "-D", _data, "-U", "postgres", "-A", "scram-sha-256", "--pwfile", passwordFile, "--locale=C", "-E", "UTF8", "-N");
        File.Delete(passwordFile);
        await File.AppendAllTextAsync(Path.Combine(_data, "postgresql.conf"),
            $"""
            port = {_port}
            listen_addresses = '127.0.0.1'
            unix_socket_directories = ''
            shared_buffers = '32MB'
            max_connections = 200
            fsync = off

            """);
    }

    /// <summary>Makes this server, which has the same password, a streaming replica of another one, which runs.</summary>
    public async Task CopyAsync(PostgresServer primary)
    {
        Directory.CreateDirectory(_data);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(_data, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        PostgresTools.GiveToServers(_data);
        await PostgresTools.RunAsync(
            "pg_basebackup", "-D", _data, "-d", primary.ReplicationConnection(Cluster), "-R", "-X", "stream", "-c", "fast", "--no-sync");
        await File.AppendAllTextAsync(Path.Combine(_data, "postgresql.conf"), $"port = {_port}\n");
    }

    public Task StartAsync()
        => PostgresTools.RunAsync("pg_ctl", "start", "-D", _data, "-w", "-s", "-l", Path.Combine(_data, "server.log"));

    public Task StopAsync() => PostgresTools.RunAsync("pg_ctl", "stop", "-D", _data, "-m", "fast", "-w", "-s");

    /// <summary>Ends the server the hard way, as a crash would, and waits until it is gone. Nothing if it does not run.</summary>
    public async Task KillAsync()
    {
        var pidFile = Path.Combine(_data, "postmaster.pid");
        if (File.Exists(pidFile))
        {
            await StrayProcesses.KillAsync(_data);
            await Until.TrueAsync(() => !IsListening(), $"{Cluster} is gone");
            File.Delete(pidFile);
        }
    }

    /// <summary>Stops the server's every process where it is, so that it accepts connections and never answers.</summary>
    public async Task PauseAsync() => await SignalAllAsync("STOP");

    public async Task ResumeAsync() => await SignalAllAsync("CONT");

    /// <summary>Makes the role, the database and the schema, and hands all of it to the role.</summary>
    public async Task InitialiseAsync()
    {
        await ExecuteAsync(Connection("postgres", "postgres"), $"CREATE ROLE app LOGIN PASSWORD '{_password}'");
        await ExecuteAsync(Connection("postgres", "postgres"), $"CREATE ROLE monitor LOGIN PASSWORD '{_password}' IN ROLE pg_monitor");
        await ExecuteAsync(Connection("postgres", "postgres"), $"CREATE DATABASE {Database} OWNER app");
        foreach (var script in Directory.EnumerateFiles(Path.Combine(Repository.Root, "initdb"), "*.sql").Order(StringComparer.Ordinal))
        {
            await ExecuteAsync(Connection("postgres", Database), await File.ReadAllTextAsync(script));
        }

        await ExecuteAsync(Connection("postgres", Database),
            """
            DO $$ DECLARE name text; BEGIN
                FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
                    EXECUTE format('ALTER TABLE %I OWNER TO app', name);
                END LOOP;
            END $$
            """);
    }

    public Task<int> ExecuteAsync(string sql) => ExecuteAsync(ConnectionString, sql);

    /// <summary>The first column of what a statement returns.</summary>
    /// <param name="sql">The statement.</param>
    /// <param name="connectionString">As whom; default: the role <c>app</c>.</param>
    public async Task<List<string>> ListAsync(string sql, string? connectionString = null)
    {
        await using var source = NpgsqlDataSource.Create(connectionString ?? ConnectionString);
        await using var command = source.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        var list = new List<string>();
        while (await reader.ReadAsync())
        {
            list.Add(reader.GetString(0));
        }

        return list;
    }

    /// <summary>The same as the superuser.</summary>
    public Task<int> AdministerAsync(string sql) => ExecuteAsync(Connection("postgres", Database), sql);

    private static async Task<int> ExecuteAsync(string connectionString, string sql)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var command = source.CreateCommand(sql);
        command.CommandTimeout = 0;
        return await command.ExecuteNonQueryAsync();
    }

    private string Connection(string user, string database)
        => $"Host=127.0.0.1;Port={_port};Username={user};Password={_password};Database={database}";

    private async Task SignalAllAsync(string signal)
    {
        // The server first, which then makes no more of them.
        var pid = (await File.ReadAllLinesAsync(Path.Combine(_data, "postmaster.pid")))[0];
        await PostgresTools.KillAsync(signal, [pid]);
        await PostgresTools.KillAsync(signal, [.. StrayProcesses.In(_data).Select(id => $"{id}")]);
    }

    private bool IsListening()
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Connect(IPAddress.Loopback, _port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
