using PgAspire.Postgres.Configuration;
using PgAspire.Postgres.Roles;

namespace PgAspire.Postgres.Containers;

/// <summary>Who gets into an instance in a container.</summary>
/// <remarks>
/// Over the network by password only. Over the local socket the server's own operating system user, who owns the data
/// anyway, may be any of the four roles: that is how roles are made and passwords mended without knowing one.
/// </remarks>
public static class ContainerAuthentication
{
    private const string Owner = "postgres";

    /// <summary>pg_hba.conf while a new instance is filled: the server's own user only.</summary>
    public static string WhileMaking { get; } = $"local all all peer map={Owner}\n";

    /// <summary>pg_hba.conf of a finished instance.</summary>
    public static string WhenMade { get; } =
        $"local replication {RoleNames.Replicator} peer map={Owner}\n{WhileMaking}{HostBasedAuthentication.ContainerNetwork}";

    /// <summary>pg_ident.conf: the roles that the server's own user may be.</summary>
    public static string Identities { get; } = string.Concat(RoleNames.All.Select(role => $"{Owner} {Owner} {role}\n"));
}
