using PgAspire.Cli.Commands;
using PgAspire.Postgres.Drills;
using PgAspire.Postgres.Supervision;
using PgAspire.Postgres.Topology;

namespace PgAspire.Cli.Aspire;

/// <summary>Drills of a cluster that Aspire hosts: the app host does them, which knows its containers and passwords.</summary>
internal sealed class AspireDrills(string cluster, SupervisorRequests requests) : IDrills
{
    public async Task<DrillReport> RunAsync(DrillFault fault, Instance? instance, DrillOptions options, CancellationToken cancellationToken)
    {
        try
        {
            var reply = await requests.AskAsync(new(cluster, instance?.Ordinal, AcceptLoss: false) { Drill = new(fault, options) }, cancellationToken);
            return reply.Report ?? throw new CliException(reply.Message);
        }
        catch (TimeoutException exception)
        {
            throw new CliException(exception.Message, inner: exception);
        }
    }
}
