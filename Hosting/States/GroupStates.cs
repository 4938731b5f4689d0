using System.Collections.Concurrent;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using PgAspire.Hosting.Resources;

namespace PgAspire.Hosting.States;

/// <summary>What is known of every instance at this moment.</summary>
internal sealed class GroupStates
{
    private readonly ConcurrentDictionary<string, MemberState> _members = [];

    public MemberState Of(PostgresInstanceResource instance) =>
        _members.GetValueOrDefault(instance.Name) ?? new(instance.Name, null, null, null, null, false);

    public IReadOnlyCollection<MemberState> Of(IPostgresGroup group) => [.. InstancesOf(group).Select(Of)];

    /// <summary>Takes note of what is known now.</summary>
    /// <returns>Whether it is anything new.</returns>
    public bool Change(MemberState member)
    {
        var before = _members.GetValueOrDefault(member.Name);
        _members[member.Name] = member;
        return before != member;
    }

    private static IEnumerable<PostgresInstanceResource> InstancesOf(IPostgresGroup group) => group switch
    {
        PostgresTopologyResource topology => topology.Clusters.SelectMany(cluster => cluster.Instances),
        PostgresClusterResource cluster => cluster.Instances,
        _ => [],
    };
}

/// <summary>The health of a group: that of its unhealthiest instance.</summary>
internal sealed class GroupHealthCheck(IPostgresGroup group, GroupStates states) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var bad = states.Of(group).FirstOrDefault(member => !member.Ready || member.Health == HealthStatus.Unhealthy);
        return Task.FromResult(bad is null
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Unhealthy($"{bad.Name}: {bad.Message ?? bad.State ?? KnownResourceStates.NotStarted}"));
    }
}
