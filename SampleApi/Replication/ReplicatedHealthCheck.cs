using Microsoft.Extensions.Diagnostics.HealthChecks;
using PgAspire.SampleApi.Clusters;

namespace PgAspire.SampleApi.Replication;

/// <summary>Whether the cluster's primary answers, as Npgsql's own check does for a cluster of one instance.</summary>
internal sealed class ReplicatedHealthCheck(ReplicatedCluster cluster) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            return await cluster.OnPrimaryAsync(async source =>
            {
                await using var command = source.CreateCommand("SELECT 1");
                await command.ExecuteScalarAsync(cancellationToken);
                return HealthCheckResult.Healthy();
            });
        }
        catch (Exception exception) when (ClusterUnavailableException.IsCause(exception))
        {
            return new HealthCheckResult(context.Registration.FailureStatus, exception: exception);
        }
    }
}
