using System.Globalization;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using PgAspire.Hosting.Instances;
using PgAspire.Hosting.Resources;
using PgAspire.Postgres.Failover;
using PgAspire.Postgres.Supervision;

namespace PgAspire.Hosting.Supervision;

/// <summary>Finds out what there is of a cluster before it starts: nothing, what is remembered, or data that nobody remembers.</summary>
internal static class KnownData
{
    // Prints, for a data directory anywhere in the mount: primary or replica, and the newest timeline of its WAL in hexadecimal.
    private const string Look =
        """
        f=$(find /data -maxdepth 4 -name pgaspire.made | head -n 1); [ -n "$f" ] || exit 0; d=${f%/*}
        [ -e "$d/standby.signal" ] && printf 'replica ' || printf 'primary '
        ls "$d/pg_wal" | grep -E '^[0-9A-F]{24}$' | cut -c 1-8 | sort | tail -n 1
        """;

    /// <summary>Writes what is remembered where nothing is.</summary>
    /// <returns>Whether the cluster is new, so that its first instance is to make its data.</returns>
    /// <exception cref="DistributedApplicationException">There are data, and none of them are a primary's.</exception>
    public static async Task<bool> RecallAsync(PostgresClusterResource cluster, ControlFolder control, ContainerEngine engine, CancellationToken cancellationToken)
    {
        var found = new List<(int Ordinal, bool IsPrimary, uint Timeline)>();
        var memory = control.Memory.Read(cluster.Name);
        var isKnown = memory is not null;
        RefuseUndeclared(cluster, memory);
        foreach (var instance in cluster.Instances)
        {
            if (await LookAsync(instance, engine, isKnown, cancellationToken) is { } data)
            {
                found.Add((instance.Ordinal, data.IsPrimary, data.Timeline));
            }
        }

        if (isKnown && found.Count > 0)
        {
            return false;
        }

        var primaries = found.Where(data => data.IsPrimary).OrderByDescending(data => data.Timeline).ToList();
        if (found.Count > 0 && primaries.Count == 0)
        {
            throw new DistributedApplicationException(
                $"{cluster.Name}: there are data of its replicas ({string.Join(", ", found.Select(data => $"{cluster.Name}-{data.Ordinal}"))}) and none of a primary's: put the primary's volume back, or remove all of them.");
        }

        control.Memory.Write(cluster.Name, new()
        {
            Primary = found.Count > 0 ? primaries[0].Ordinal : 1,
            Voters = [.. cluster.Instances.Select(instance => instance.Ordinal)],
        });
        return found.Count == 0;
    }

    /// <summary>Ends what a supervisor remembers of a cluster that has no replicas any more: it would be outdated when it has some again.</summary>
    /// <exception cref="DistributedApplicationException">Its only instance is not the one that was its primary.</exception>
    public static void Forget(PostgresClusterResource cluster, string data)
    {
        var folder = SupervisionFolder.Of(data);
        if (Directory.Exists(folder))
        {
            var store = new FileMemoryStore(folder);
            RefuseUndeclared(cluster, store.Read(cluster.Name));
            store.Forget(cluster.Name);
        }
    }

    private static void RefuseUndeclared(PostgresClusterResource cluster, ClusterMemory? memory)
    {
        if (memory is not null && memory.Primary > cluster.Instances.Count)
        {
            throw new DistributedApplicationException(
                $"{cluster.Name}: its primary is {cluster.Name}-{memory.Primary}, which is no longer declared: start with instances {memory.Voters.Max()} again, and switch over to {cluster.Name}-1 first.");
        }
    }

    private static async Task<(bool IsPrimary, uint Timeline)?> LookAsync(
        PostgresInstanceResource instance, ContainerEngine engine, bool isExistenceEnough, CancellationToken cancellationToken)
    {
        var data = InstanceContainer.DataOf(instance);
        if (data.Type == ContainerMountType.Volume && !await engine.HasVolumeAsync(data.Source!, cancellationToken))
        {
            return null;
        }

        if (isExistenceEnough)
        {
            return (false, 0);
        }

        instance.TryGetContainerImageName(out var image);
        var words = (await engine.RunAsync(
            null, ["run", "--rm", "--network", "none", "-v", $"{data.Source}:/data", "--entrypoint", "sh", image!, "-c", Look], cancellationToken))
            .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return words is [var role, var timeline] ? (role == "primary", uint.Parse(timeline, NumberStyles.HexNumber, CultureInfo.InvariantCulture)) : null;
    }
}
