using System.Collections.Concurrent;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using PgAspire.Hosting.Resources;
using PgAspire.Hosting.Supervision;

namespace PgAspire.Hosting.States;

/// <summary>What is known of every instance at this moment.</summary>
internal sealed class GroupStates
{
    private readonly ConcurrentDictionary<string, MemberState> _members = [];

    public MemberState Of(PostgresInstanceResource instance) =>
        _members.GetValueOrDefault(instance.Name) ?? new(instance.Name, null, null, null, null, false);

    public IReadOnlyCollection<MemberState> Of(IPostgresGroup group) => [.. ClustersOf(group).SelectMany(cluster => cluster.Instances).Select(Of)];

    /// <summary>Takes note of what is known now.</summary>
    /// <returns>Whether it is anything new.</returns>
    public bool Change(MemberState member)
    {
        var before = _members.GetValueOrDefault(member.Name);
        _members[member.Name] = member;
        return before != member;
    }

    public static IEnumerable<PostgresClusterResource> ClustersOf(IPostgresGroup group) => group switch
    {
        PostgresTopologyResource topology => topology.Clusters,
        PostgresClusterResource cluster => [cluster],
        _ => [],
    };
}

/// <summary>The health of a group: what its supervisors cannot mend, otherwise that of its unhealthiest instance.</summary>
internal sealed class GroupHealthCheck(IPostgresGroup group, GroupStates states, SupervisionStates supervision) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (GroupStates.ClustersOf(group).FirstOrDefault(cluster => supervision.Of(cluster.Name).Problem is not null) is { } troubled)
        {
            return Task.FromResult(HealthCheckResult.Unhealthy($"{troubled.Name}: {supervision.Of(troubled.Name).Problem}"));
        }

        var bad = states.Of(group).FirstOrDefault(member => !member.Ready || member.Health == HealthStatus.Unhealthy);
        return Task.FromResult(bad is null
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Unhealthy($"{bad.Name}: {bad.Message ?? bad.State ?? KnownResourceStates.NotStarted}"));
    }
}
