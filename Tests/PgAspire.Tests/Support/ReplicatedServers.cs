using System.Security.Cryptography;
using Npgsql;
using PgAspire.Postgres.Topology;

namespace PgAspire.Tests.Support;

/// <summary>One throw-away cluster <c>pg1</c> of a primary and two streaming replicas, which nothing but the test fails over.</summary>
public sealed class ReplicatedServers : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pgaspire-test-");
    private readonly string _password = RandomNumberGenerator.GetHexString(32);

    private ReplicatedServers()
    {
        PostgresTools.OpenToServers(_folder.FullName);
        All = [.. Enumerable.Range(1, 3).Select(number => new PostgresServer(_folder.FullName, $"pg1_{number}", _password))];
    }

    public IReadOnlyList<PostgresServer> All { get; }

    /// <summary>The first primary.</summary>
    public PostgresServer Primary => All[0];

    public IEnumerable<PostgresServer> Replicas => All.Skip(1);

    /// <param name="synchronous">Whether a commit waits for one of the other instances.</param>
    public static async Task<ReplicatedServers> StartAsync(bool synchronous = false)
    {
        var result = new ReplicatedServers();
        try
        {
            await result.Primary.CreateAsync();
            await result.Primary.StartAsync();
            await result.Primary.InitialiseAsync();
            foreach (var replica in result.Replicas)
            {
                await replica.CopyAsync(result.Primary);
                await replica.StartAsync();
            }

            foreach (var server in result.All.Where(_ => synchronous))
            {
                await server.AdministerAsync("ALTER SYSTEM SET synchronous_standby_names = 'ANY 1 (*)'");
                await server.AdministerAsync("SELECT pg_reload_conf()");
            }

            return result;
        }
        catch
        {
            await result.DisposeAsync();
            throw;
        }
    }

    /// <summary>What an application gets.</summary>
    public Dictionary<string, string> ConnectionString() => new()
    {
        ["ConnectionStrings__pg1"] = ConnectionStrings.For([.. All.Select(server => server.Address)], "app", "app", _password),
    };

    /// <summary>Waits until every replica has that many orders.</summary>
    public Task UntilReplicasHaveAsync(int orders) => UntilReplicasSayAsync("SELECT item FROM orders", orders, $"the replicas have {orders} orders");

    /// <summary>Promotes the replica that has received the most, and has the other one follow it.</summary>
    public async Task<PostgresServer> FailOverAsync()
    {
        // What was sent arrives before anybody is asked what he has.
        foreach (var replica in Replicas)
        {
            await replica.AdministerAsync("ALTER SYSTEM SET primary_conninfo = ''");
            await replica.AdministerAsync("SELECT pg_reload_conf()");
        }

        await UntilReplicasSayAsync("SELECT pid::text FROM pg_stat_wal_receiver", rows: 0, "nothing is on its way to a replica");
        var received = await Task.WhenAll(Replicas.Select(async replica => (
            Replica: replica,
            Position: NpgsqlTypes.NpgsqlLogSequenceNumber.Parse((await replica.ListAsync("SELECT coalesce(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn())::text"))[0]))));
        var (promoted, following) = received[0].Position >= received[1].Position
            ? (received[0].Replica, received[1].Replica) : (received[1].Replica, received[0].Replica);
        await promoted.AdministerAsync("SELECT pg_promote()");
        await following.AdministerAsync($"ALTER SYSTEM SET primary_conninfo = '{promoted.ReplicationConnection(following.Cluster)}'");
        await following.AdministerAsync("SELECT pg_reload_conf()");
        return promoted;
    }

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        await Task.WhenAll(All.Select(server => server.KillAsync()));
        _folder.Delete(recursive: true);
    }

    private Task UntilReplicasSayAsync(string sql, int rows, string what) => Until.TrueAsync(
        async () => (await Task.WhenAll(Replicas.Select(replica => replica.ListAsync(sql)))).All(list => list.Count == rows), what);
}
