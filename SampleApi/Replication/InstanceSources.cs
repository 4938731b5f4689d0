using System.Globalization;
using Npgsql;

namespace PgAspire.SampleApi.Replication;

/// <summary>Makes a cluster's instances of its connection string, which lists their hosts.</summary>
internal static class InstanceSources
{
    /// <summary>Seconds. Longer than any request waits, so that Npgsql does not cancel what a hung server is to do.</summary>
    private const int CommandTimeout = 30;

    private const int ProbeTimeout = 2;

    public static bool ListsSeveral(NpgsqlConnectionStringBuilder connectionString) => connectionString.Host!.Contains(',', StringComparison.Ordinal);

    public static IReadOnlyList<ClusterInstance> Create(string cluster, NpgsqlConnectionStringBuilder connectionString, ILoggerFactory loggers) =>
        [.. connectionString.Host!.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(host => Create(cluster, connectionString, host, loggers))];

    private static ClusterInstance Create(string cluster, NpgsqlConnectionStringBuilder connectionString, string entry, ILoggerFactory loggers)
    {
        var (host, port) = Split(entry, connectionString.Port);
        var common = new NpgsqlConnectionStringBuilder(connectionString.ConnectionString)
        {
            Host = host,
            Port = port,
            CommandTimeout = CommandTimeout,
            // A commit that waits for a replica and is cancelled is reported as done, though it may be on no replica: what
            // takes too long ends with its connection instead, and never looks like a success.
            CancellationTimeout = -1,
        };
        common.Remove("Target Session Attributes");
        var probe = new NpgsqlConnectionStringBuilder(common.ConnectionString)
        {
            MinPoolSize = 0, MaxPoolSize = 1, Timeout = ProbeTimeout, CommandTimeout = ProbeTimeout, ApplicationName = $"{common.ApplicationName} probe",
        };
        var address = string.Create(CultureInfo.InvariantCulture, $"{host}:{port}");
        return new(
            address,
            Build($"{cluster} {address} primary", common, loggers, source => source.UsePhysicalConnectionInitializer(RequirePrimary, connection =>
            {
                RequirePrimary(connection);
                return Task.CompletedTask;
            })),
            Build($"{cluster} {address} replica", common, loggers),
            Build($"{cluster} {address} probe", probe, loggers));
    }

    private static NpgsqlDataSource Build(
        string name, NpgsqlConnectionStringBuilder connectionString, ILoggerFactory loggers, Action<NpgsqlDataSourceBuilder>? configure = null)
    {
        var builder = new NpgsqlDataSourceBuilder(connectionString.ConnectionString) { Name = name };
        builder.UseLoggerFactory(loggers);
        configure?.Invoke(builder);
        return builder.Build();
    }

    // The server says so unasked when it accepts a connection (from PostgreSQL 14 on). One that begins on a primary ends with
    // that primary, since a demotion is a restart; so it is enough to look once, and a read on it is never one of a replica.
    private static void RequirePrimary(NpgsqlConnection connection)
    {
        if (connection.PostgresParameters.TryGetValue("in_hot_standby", out var standby) && standby == "on")
        {
            throw new NpgsqlException($"{connection.Host}:{connection.Port} is a replica.");
        }
    }

    /// <summary>Splits as Npgsql does: a port follows the last colon, unless that is part of an IPv6 address.</summary>
    private static (string Host, int Port) Split(string entry, int defaultPort)
    {
        var colon = entry.LastIndexOf(':');
        var isPort = colon > 0 && (entry[colon - 1] == ']' || entry.IndexOf(':', StringComparison.Ordinal) == colon);
        return isPort && int.TryParse(entry.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            ? (entry[..colon].Trim('[', ']'), port) : (entry.Trim('[', ']'), defaultPort);
    }
}
