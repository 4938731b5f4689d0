using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using PgAspire.Hosting.Options;
using PgAspire.Hosting.Resources;
using PgAspire.Postgres.Drills;
using PgAspire.Postgres.Roles;
using PgAspire.Postgres.Topology;

namespace PgAspire.Hosting.Supervision;

/// <summary>Drills of clusters whose instances are containers.</summary>
internal static class ContainerDrills
{
    /// <summary>Does one drill, and keeps what it measured for the monitor.</summary>
    /// <exception cref="DrillException">It could not be done or judged.</exception>
    public static async Task<DrillReport> RunAsync(
        PostgresClusterResource cluster, int? victim, DrillFault fault, DrillOptions options, IServiceProvider services, CancellationToken cancellationToken)
    {
        var supervision = services.GetRequiredService<ClusterSupervision>();
        var supervisor = supervision.Of(cluster) ?? throw new DrillException(cluster.IsSupervised
                ? $"{cluster.Name} has no supervisor at the moment."
                : $"{cluster.Name} has no replicas, which is what a drill is about: declare instances, 3 for instance.");
        var instances = new Cluster(cluster.Name, [.. cluster.Instances.Select(instance => instance.ToInstance())]);
        var passwords = await cluster.Secrets.GetPasswordsAsync(cancellationToken);
        var addresses = await ClusterSupervision.AddressesAsync(cluster, cancellationToken);
        var target = new DrillTarget(
            instances,
            ConnectionStrings.For(addresses.Values, cluster.Declaration.Database, RoleNames.Application, passwords.Application),
            ConnectionStrings.For(addresses.Values, "postgres", RoleNames.Monitor, passwords.Monitor),
            cluster.EffectiveDeclaration().EffectiveSynchronous.Count);
        var folder = supervision.FolderOf(cluster)!;
        var logger = services.GetRequiredService<ResourceLoggerService>().GetLogger(cluster);
        var faults = new ContainerFaults(cluster, supervisor, services.GetRequiredService<ContainerEngine>(), services, logger);
        var drill = new Drill(target, faults, since => folder.Events.Since(since, cluster.Name));
        try
        {
            var report = await drill.RunAsync(fault, victim is { } ordinal ? instances.Instances[ordinal - 1] : null, options, cancellationToken);
            new DrillRecords(folder.Reports).Keep(report);
            return report;
        }
        catch (DistributedApplicationException exception)
        {
            throw new DrillException(exception.Message, exception);
        }
    }

    /// <summary>The same from the dashboard.</summary>
    public static async Task<ExecuteCommandResult> RunAsync(PostgresInstanceResource instance, DrillFault fault, ExecuteCommandContext context)
    {
        try
        {
            var report = await RunAsync(instance.Cluster, instance.Ordinal, fault, new(), context.Services, context.CancellationToken);
            return report.IsPassed
                ? CommandResults.Success($"{instance.Name}: passed", DrillText.Of(report), CommandResultFormat.Text, displayImmediately: true)
                : CommandResults.Failure(DrillText.Of(report));
        }
        catch (DrillException exception)
        {
            return CommandResults.Failure(exception.Message);
        }
    }
}
