using PgAspire.Postgres.Drills;
using PgAspire.Postgres.Topology;

namespace PgAspire.Cli.Commands;

/// <summary>Drills of one cluster, one implementation a host.</summary>
internal interface IDrills
{
    /// <summary>Does one drill, and keeps what it measured for the monitor.</summary>
    /// <param name="fault">What to do.</param>
    /// <param name="instance">To which instance; null for the primary.</param>
    /// <param name="options">How.</param>
    /// <param name="cancellationToken">Ends it early; the fault is taken back all the same.</param>
    /// <exception cref="CliException">It could not be done or judged.</exception>
    Task<DrillReport> RunAsync(DrillFault fault, Instance? instance, DrillOptions options, CancellationToken cancellationToken);
}
