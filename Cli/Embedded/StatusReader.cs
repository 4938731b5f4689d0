using System.Net.Sockets;
using Npgsql;
using PgAspire.Cli.Monitoring;
using PgAspire.Postgres.Probing;
using PgAspire.Postgres.Roles;
using PgAspire.Postgres.Topology;

namespace PgAspire.Cli.Embedded;

/// <summary>Observes the topology; changes nothing.</summary>
internal static class StatusReader
{
    private const int PatienceSeconds = 5;

    public static async Task<TopologyStatus> ReadAsync(StateFolder folder, CancellationToken cancellationToken)
    {
        var store = new StateStore(folder);
        var state = store.Read();
        if (state.Host == Aspire.HostChoice.Aspire)
        {
            return Aspire.AspireSession.Status(folder, state);
        }

        var secrets = store.ReadSecrets();
        var declared = state.Clusters.SelectMany(cluster => Enumerable.Range(1, state.InstancesPerCluster).Select(ordinal => new Instance(cluster, ordinal, cluster, null)));
        var instances = (state.Clusters.Count == 0 ? DataSurvey.Instances(folder) : declared)
            .OrderBy(known => known.Cluster.Length).ThenBy(known => known.Cluster, StringComparer.Ordinal).ThenBy(known => known.Ordinal)
            .Select(known => known with
            {
                Name = state.InstancesPerCluster == 1 ? known.Cluster : known.Id,
                Port = state.Instances.FirstOrDefault(other => other.Cluster == known.Cluster && other.Ordinal == known.Ordinal)?.Port,
            });
        var statuses = await Task.WhenAll(instances.Select(instance =>
            ReadAsync(folder, instance, state.Database, secrets.GetValueOrDefault(instance.Cluster), cancellationToken)));
        var url = UrlOf(state, ApiProgram.Name);
        Address? Optional(string service) => UrlOf(state, service) is { } known ? new(known) : null;
        return new(
            Aspire.HostChoice.Embedded, Summarise(statuses), new(url), new(url is null ? null : $"{url}/metrics"), new(UrlOf(state, MonitorProgram.Name)), statuses,
            Prometheus: Optional(MonitoringStack.Prometheus), Alertmanager: Optional(MonitoringStack.Alertmanager));
    }

    private static string? UrlOf(KnownState state, string service) =>
        state.Services.TryGetValue(service, out var known) && known.Process.IsAlive() ? known.Url : null;

    internal static string Summarise(IReadOnlyCollection<InstanceStatus> instances) => true switch
    {
        _ when instances.All(instance => instance.State == "absent") => "absent",
        _ when instances.All(instance => instance.State == "running") => "running",
        _ when instances.All(instance => instance.State is "stopped" or "unfinished" or "absent") => "stopped",
        _ => "partial",
    };

    private static async Task<InstanceStatus> ReadAsync(
        StateFolder folder, Instance instance, string database, RolePasswords? passwords, CancellationToken cancellationToken)
    {
        var data = new DataDirectory(folder.Data(instance), folder);
        var running = PostmasterFile.ReadOfRunning(data.FullPath);
        var status = new InstanceStatus(
            instance.Cluster, instance.Name, data.IsReplica ? "replica" : "primary", "stopped", "127.0.0.1", running?.Port ?? instance.Port, database,
            data.Major?.ToString(System.Globalization.CultureInfo.InvariantCulture), data.FullPath);
        if (data.State != DataDirectoryState.Finished)
        {
            return status with
            {
                Role = instance.Ordinal == 1 ? "primary" : "replica",
                State = data.State == DataDirectoryState.Absent ? "absent" : running is null ? "unfinished" : "making",
            };
        }

        if (running is null || passwords is null)
        {
            return running is null ? status : status with { State = "running" };
        }

        try
        {
            await using var connection = await ClusterConnection.OpenAsync(
                instance with { Port = running.Port }, "postgres", RoleNames.Monitor, passwords.Monitor, cancellationToken, PatienceSeconds);
            var standing = await InstanceStanding.AskAsync(connection, cancellationToken);
            return status with
            {
                State = "running",
                Role = standing.IsReplica ? "replica" : "primary",
                Version = standing.Version,
                Timeline = instance.Name == instance.Id ? standing.Timeline : null,
                LagBytes = standing.LagBytes,
            };
        }
        catch (Exception exception) when (exception is NpgsqlException or TimeoutException or SocketException)
        {
            return status with { State = running.AcceptsConnections ? "unresponsive" : running.Status };
        }
    }
}
