using System.Globalization;
using Npgsql;
using PgAspire.Cli.Embedded;
using PgAspire.Cli.Processes;
using PgAspire.Postgres.Roles;
using PgAspire.Postgres.Supervision;

namespace PgAspire.Tests.Support;

/// <summary>A topology of one cluster with replicas, and what becomes of it.</summary>
internal sealed class ReplicatedTopology(TestTopology topology) : IAsyncDisposable
{
    public TestTopology Topology { get; } = topology;

    private StateFolder Folder { get; } = new(topology.State, ServerUser.Current());

    /// <summary>Brings one up, that takes nobody for hung who is only slow, unless a test is about that.</summary>
    public static async Task<ReplicatedTopology> UpAsync(int instances = 3, string? more = null, int unresponsiveAfter = 20)
    {
        var made = await TestTopology.MakeAsync(
            $$"""{ "clusters": 1, "instances": {{instances}}, "durability": "fast", "initScripts": "", "unresponsiveAfter": {{unresponsiveAfter}}{{more}} }""");
        (await made.UpAsync()).Succeeded();
        return new(made);
    }

    /// <summary>The name of the instance that is remembered as the primary.</summary>
    public string Primary => string.Create(CultureInfo.InvariantCulture, $"pg1-{new FileMemoryStore(Folder.Failover).Read("pg1")!.Primary}");

    /// <summary>The name of some replica.</summary>
    public string Replica => Primary == "pg1-2" ? "pg1-3" : "pg1-2";

    public string DataOf(string instance) => Path.Combine(Topology.State, "data", instance);

    /// <summary>Kills the supervisor; the servers go on.</summary>
    public Task KillSupervisorAsync() => KillSupervisorAsync(Topology);

    public static async Task KillSupervisorAsync(TestTopology topology)
    {
        var supervisor = new StateStore(new(topology.State, ServerUser.Current())).Read().Supervisor!;
        Native.Signal(supervisor.Id, Native.SigKill);
        await Until.TrueAsync(() => !supervisor.IsAlive(), "the supervisor is gone");
    }

    /// <summary>Kills every process of an instance.</summary>
    public async Task KillAsync(string instance)
    {
        Topology.Postmasters().TryGetValue(instance, out var server);
        if (server > 0)
        {
            Native.Signal(server, Native.SigKill);
        }

        await StrayProcesses.KillAsync(DataOf(instance));
    }

    /// <summary>Waits until a problem is to be read in the supervisor's events.</summary>
    public Task UntilToldAsync(string kind, string text) => Until.TrueAsync(
        () => new SupervisorEventFile(Folder.SupervisorEvents).Since(DateTimeOffset.MinValue, "pg1")
            .Any(happened => happened.Kind == kind && happened.Message.Contains(text, StringComparison.Ordinal)),
        $"the supervisor tells: {text}");

    public Task WriteAsync(string sql) => Topology.AskAsync(Primary, sql);

    /// <summary>Waits until the primary takes writes and all replicas that are declared stream from it; a base backup streams too, and is none.</summary>
    public Task UntilWholeAsync(long replicas = 2) =>
        UntilSaidAsync(() => Primary, "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming' AND application_name ^@ 'pg1_' AND NOT pg_is_in_recovery()", replicas, RoleNames.Monitor);

    /// <summary>Waits until an instance runs and has this answer.</summary>
    public Task UntilSaidAsync(Func<string> instance, string sql, object answer, string role = RoleNames.Application) => Until.TrueAsync(
        async () =>
        {
            try
            {
                return Equals(await Topology.AskAsync(instance(), sql, role), answer);
            }
            catch (Exception exception) when (exception is NpgsqlException or InvalidOperationException or IOException)
            {
                return false; // It does not run, or not yet as the primary.
            }
        },
        $"{instance()} says {answer}: {sql}");

    public ValueTask DisposeAsync() => Topology.DisposeAsync();
}

/// <summary>A cluster of three that is shared by tests which leave it whole.</summary>
public sealed class SharedReplicatedTopology : IAsyncLifetime
{
    internal ReplicatedTopology Made { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Made = await ReplicatedTopology.UpAsync(unresponsiveAfter: 5);

    public ValueTask DisposeAsync() => Made.DisposeAsync();
}
