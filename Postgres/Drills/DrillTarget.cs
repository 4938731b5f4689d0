using PgAspire.Postgres.Topology;

namespace PgAspire.Postgres.Drills;

/// <summary>A cluster that is drilled, as an application and a monitor see it.</summary>
/// <param name="Cluster">Its instances.</param>
/// <param name="Application">The application's own connection string, which lists all instances and asks for the primary.</param>
/// <param name="Monitor">The same for the role <c>monitor</c>.</param>
/// <param name="Quorum">How many replicas its commits are declared to wait for.</param>
public sealed record DrillTarget(Cluster Cluster, string Application, string Monitor, int Quorum);

/// <summary>How a drill is done.</summary>
public sealed record DrillOptions
{
    /// <summary>How long a pause or a partition lasts where the supervisor does not end it. Default 30 seconds.</summary>
    public TimeSpan Length { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the cluster may take to be whole again after that. Default 3 minutes.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>Writers at a time. Default 4.</summary>
    public int Writers { get; init; } = 4;

    /// <summary>Whether the ledger's table stays.</summary>
    public bool Keep { get; init; }
}
