using System.Diagnostics;
using System.Globalization;
using PgAspire.Postgres.Configuration;
using PgAspire.Postgres.Failover;
using PgAspire.Postgres.Topology;

namespace PgAspire.Postgres.Supervision;

/// <summary>What a supervisor has a running server do, by SQL, so that it is the same on every host.</summary>
internal sealed class ClusterCommands(SupervisedCluster cluster)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan PromotionPatience = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(5);

    /// <summary>Promotes a replica, and returns when it takes writes.</summary>
    /// <exception cref="TimeoutException">It does not within a minute.</exception>
    public static async Task PromoteAsync(InstanceObserver replica, CancellationToken cancellationToken)
    {
        await replica.Session.ExecuteAsync("SELECT pg_promote(false)", Patience, cancellationToken);
        var start = Stopwatch.GetTimestamp();
        while ((await replica.Session.AskAsync(Patience, cancellationToken)).InRecovery)
        {
            if (Stopwatch.GetElapsedTime(start) > PromotionPatience)
            {
                throw new TimeoutException($"{replica.Instance.Name} was told to take writes and does not.");
            }

            await Task.Delay(Look, cancellationToken);
        }
    }

    /// <summary>Has a running replica stream from another instance, and returns when it takes no WAL from anybody else.</summary>
    public async Task RepointAsync(InstanceObserver replica, Instance upstream, CancellationToken cancellationToken)
    {
        var address = cluster.PeerAddress(upstream);
        await SetAsync(replica, cancellationToken,
            (PrimaryConnection.Setting, PrimaryConnection.To(address.Host, address.Port, ReplicaName.Of(replica.Instance))),
            (PrimaryConnection.SlotSetting, ReplicaName.Of(replica.Instance)));
        await UntilAsync(
            replica,
            string.Create(CultureInfo.InvariantCulture, $"NOT EXISTS (SELECT FROM pg_stat_wal_receiver WHERE conninfo NOT LIKE '%port={address.Port} %' OR conninfo NOT LIKE '%host={address.Host} %')"),
            "still takes WAL from another instance",
            cancellationToken);
    }

    /// <summary>Has commits wait for what is remembered.</summary>
    public Task SetQuorumAsync(InstanceObserver instance, ClusterMemory memory, CancellationToken cancellationToken) =>
        SetAsync(instance, cancellationToken, ("synchronous_standby_names", SynchronousNames.For(cluster.Cluster, memory)));

    /// <summary>Makes the missing slots and drops those of members that are none, not a stranger's; one that a replica still uses is dropped another time.</summary>
    public Task SetSlotsAsync(InstanceObserver instance, IEnumerable<int> replicas, CancellationToken cancellationToken)
    {
        var names = string.Join(", ", replicas.Select(ordinal => $"'{ReplicaName.Of(cluster.Cluster, ordinal)}'"));
        return instance.Session.ExecuteAsync(
            $"""
            DO $slots$
            BEGIN
                PERFORM pg_drop_replication_slot(slot_name) FROM pg_replication_slots
                  WHERE slot_type = 'physical' AND NOT active AND NOT temporary AND slot_name ~ '^{cluster.Cluster.Name.Replace('-', '_')}_[0-9]+$' AND NOT slot_name = ANY (ARRAY[{names}]::name[]);
                PERFORM pg_create_physical_replication_slot(name, true) FROM unnest(ARRAY[{names}]::name[]) AS name
                  WHERE name NOT IN (SELECT slot_name FROM pg_replication_slots);
            END
            $slots$
            """,
            Patience,
            cancellationToken);
    }

    /// <summary>
    /// Frees the slot of a replica that does not run, or not answer, and makes it anew where it is lost: what still uses it serves a
    /// connection whose other end is gone, unnoticed for as long as <c>wal_sender_timeout</c>, and nothing streams or is copied through the slot meanwhile.
    /// </summary>
    public static Task FreeSlotAsync(InstanceObserver primary, Instance replica, CancellationToken cancellationToken)
    {
        var name = ReplicaName.Of(replica);
        return primary.Session.ExecuteAsync(
            $"""
            DO $slot$
            BEGIN
                PERFORM pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE slot_name = '{name}' AND active;
                FOR look IN 1 .. 60 LOOP
                    EXIT WHEN NOT EXISTS (SELECT FROM pg_replication_slots WHERE slot_name = '{name}' AND active);
                    PERFORM pg_sleep(0.05);
                END LOOP;
                PERFORM pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = '{name}' AND wal_status = 'lost' AND NOT active;
                IF FOUND THEN
                    PERFORM pg_create_physical_replication_slot('{name}', true);
                END IF;
            END
            $slot$
            """,
            Patience,
            cancellationToken);
    }

    /// <summary>Writes a checkpoint, so that a shutdown that follows has little to do.</summary>
    public static Task CheckpointAsync(InstanceObserver instance, CancellationToken cancellationToken) =>
        instance.Session.ExecuteAsync("CHECKPOINT", TimeSpan.FromMinutes(5), cancellationToken);

    private static async Task SetAsync(InstanceObserver instance, CancellationToken cancellationToken, params (string Name, string Value)[] settings)
    {
        foreach (var (name, value) in settings)
        {
            // Also where it is so already: what the file says may be another thing, and hold from the next start on.
            await instance.Session.ExecuteAsync($"ALTER SYSTEM SET {name} = {Literal(value)}", Patience, cancellationToken);
        }

        await instance.Session.ExecuteAsync("SELECT pg_reload_conf()", Patience, cancellationToken);
        // Another session sees it when its own process has read the files.
        var conditions = string.Join(" AND ", settings.Select(setting => $"current_setting('{setting.Name}') = {Literal(setting.Value)}"));
        await UntilAsync(instance, conditions, $"does not take {settings[0].Name}: is it set on the server's command line?", cancellationToken);
    }

    private static async Task UntilAsync(InstanceObserver instance, string condition, string complaint, CancellationToken cancellationToken)
    {
        var start = Stopwatch.GetTimestamp();
        while (!await instance.Session.IsTrueAsync(condition, Patience, cancellationToken))
        {
            if (Stopwatch.GetElapsedTime(start) > Patience)
            {
                throw new TimeoutException($"{instance.Instance.Name} {complaint}");
            }

            await Task.Delay(Look, cancellationToken);
        }
    }

    private static string Literal(string value) => $"'{value.Replace("'", "''", StringComparison.Ordinal)}'";
}
