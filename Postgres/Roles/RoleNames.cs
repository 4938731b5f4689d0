namespace PgAspire.Postgres.Roles;

/// <summary>The four roles of every cluster.</summary>
public static class RoleNames
{
    /// <summary>The superuser: the host's alone.</summary>
    public const string Superuser = "postgres";

    /// <summary>The application's role; owns the application database.</summary>
    public const string Application = "app";

    /// <summary>The role that replicas stream as.</summary>
    public const string Replicator = "replicator";

    /// <summary>The role that watches, a member of <c>pg_monitor</c>.</summary>
    public const string Monitor = "monitor";

    /// <summary>All four.</summary>
    public static IReadOnlyList<string> All { get; } = [Superuser, Application, Replicator, Monitor];
}
