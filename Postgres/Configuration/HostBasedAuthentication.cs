using PgAspire.Postgres.Roles;

namespace PgAspire.Postgres.Configuration;

/// <summary>pg_hba.conf: scram-sha-256 for everybody, <c>trust</c> for nobody.</summary>
public static class HostBasedAuthentication
{
    /// <summary>Rules for clients of this machine.</summary>
    public static string Loopback { get; } = Rules("127.0.0.1/32", "::1/128");

    /// <summary>
    /// Rules for an instance in a container, whose clients come through the engine's network; its port must be published
    /// on loopback only.
    /// </summary>
    public static string ContainerNetwork { get; } = Rules("0.0.0.0/0", "::/0");

    private static string Rules(params IEnumerable<string> networks) => string.Concat(
        new[] { ("local", "all", "all", ""), ("local", "replication", RoleNames.Replicator, "") }
            .Concat(networks.SelectMany(network => new[]
            {
                ("host", "all", "all", network),
                ("host", "replication", RoleNames.Replicator, network),
            }))
            .Select(rule => $"{rule.Item1,-6}{rule.Item2,-13}{rule.Item3,-12}{rule.Item4,-15}scram-sha-256\n"));
}
