using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Aspire.Hosting.ApplicationModel;
using Npgsql;
using PgAspire.Hosting.Resources;
using PgAspire.Postgres.Probing;
using PgAspire.Postgres.Roles;
using PgAspire.Postgres.Topology;

namespace PgAspire.Hosting.Supervision;

/// <summary>Shows role, timeline and lag of a cluster's instances on the dashboard, asked again every few seconds.</summary>
internal static class StandingWatch
{
    public const string Role = "Role";
    public const string Timeline = "Timeline";
    public const string Lag = "Lag in bytes";
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(3);

    /// <summary>Shows them until cancelled.</summary>
    public static async Task RunAsync(
        PostgresClusterResource cluster, IReadOnlyDictionary<int, DnsEndPoint> addresses, string password, ResourceNotificationService notifications, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Interval);
        do
        {
            await Task.WhenAll(cluster.Instances.Select(instance => ShowAsync(instance, addresses[instance.Ordinal], password, notifications, cancellationToken)));
        }
        while (await timer.WaitForNextTickAsync(cancellationToken));
    }

    private static async Task ShowAsync(
        PostgresInstanceResource instance, DnsEndPoint address, string password, ResourceNotificationService notifications, CancellationToken cancellationToken)
    {
        var standing = await AskAsync(address, password, cancellationToken);
        ResourcePropertySnapshot[] shown = standing is null ? [] :
        [
            new(Role, standing.IsReplica ? "replica" : "primary"),
            new(Timeline, standing.Timeline.ToString(CultureInfo.InvariantCulture)),
            .. standing.LagBytes is { } lag ? [new(Lag, lag.ToString(CultureInfo.InvariantCulture))] : Array.Empty<ResourcePropertySnapshot>(),
        ];
        if (notifications.TryGetCurrentState(instance.Name, out var current) && Of(current.Snapshot).SequenceEqual(shown.Select(Text)))
        {
            return;
        }

        await notifications.PublishUpdateAsync(instance, snapshot => snapshot with
        {
            Properties = [.. snapshot.Properties.Where(property => property.Name is not (Role or Timeline or Lag)), .. shown],
        });
    }

    private static IEnumerable<string> Of(CustomResourceSnapshot snapshot) =>
        snapshot.Properties.Where(property => property.Name is Role or Timeline or Lag).Select(Text);

    private static string Text(ResourcePropertySnapshot property) => $"{property.Name} {property.Value}";

    private static async Task<InstanceStanding?> AskAsync(DnsEndPoint address, string password, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(ConnectionStrings.For([address], "postgres", RoleNames.Monitor, password))
            {
                Pooling = false, Timeout = 2, CommandTimeout = 2, CancellationTimeout = -1, ApplicationName = "pgaspire supervisor",
            }.ConnectionString);
            await connection.OpenAsync(cancellationToken);
            return await InstanceStanding.AskAsync(connection, cancellationToken);
        }
        catch (Exception exception) when (exception is NpgsqlException or TimeoutException or SocketException)
        {
            return null; // Its state and its health say why.
        }
    }
}
