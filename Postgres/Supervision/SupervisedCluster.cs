using System.Net;
using PgAspire.Postgres.Failover;
using PgAspire.Postgres.Roles;
using PgAspire.Postgres.Topology;

namespace PgAspire.Postgres.Supervision;

/// <summary>A cluster as its supervisor sees it.</summary>
/// <param name="Cluster">Its instances.</param>
/// <param name="Passwords">Of its roles.</param>
/// <param name="Rules">How patient the supervisor is.</param>
public sealed record SupervisedCluster(Cluster Cluster, RolePasswords Passwords, FailoverRules Rules)
{
    /// <summary>Where the supervisor reaches an instance; default: its port on this machine.</summary>
    public Func<Instance, DnsEndPoint> AddressOf { get; init; } = instance => new("127.0.0.1", instance.Port ?? throw new InvalidOperationException($"{instance.Name} has no port."));

    /// <summary>Where the other instances reach an instance; default: as the supervisor does.</summary>
    public Func<Instance, DnsEndPoint>? PeerAddressOf { get; init; }

    /// <summary>What a person does where an instance has other passwords than <see cref="Passwords"/>; what an instance refuses is said before.</summary>
    public string PasswordAdvice { get; init; } = "it has other passwords or roles";

    /// <summary>The instance of an ordinal.</summary>
    public Instance this[int ordinal] => Cluster.Instances.Single(instance => instance.Ordinal == ordinal);

    internal DnsEndPoint PeerAddress(Instance instance) => (PeerAddressOf ?? AddressOf)(instance);
}
