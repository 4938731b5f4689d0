using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using PgAspire.Hosting.States;
using PgAspire.Postgres.Declaration;

namespace PgAspire.AppHost.Tests;

public sealed class EngineTests
{
    [Fact]
    public async Task WithoutAContainerEngineEveryClusterSaysSoAndWhatElseThereIs()
    {
        var builder = Model.Builder("--DcpPublisher:ContainerRuntime=no-such-engine");
        builder.AddPostgresTopology("postgres", new TopologyDeclaration { Clusters = 2, InitScripts = "" });
        await using var model = await Model.CompleteAsync(builder);
        var notifications = model.Services.GetRequiredService<ResourceNotificationService>();
        var watcher = model.Services.GetServices<IHostedService>().OfType<GroupWatcher>().Single();
        await watcher.StartAsync(TestContext.Current.CancellationToken);

        // What Aspire says of a container where no engine answers.
        foreach (var name in new[] { "pg1", "pg2" })
        {
            await notifications.PublishUpdateAsync(model.Instance($"{name}-1"), snapshot => snapshot with { State = KnownResourceStates.RuntimeUnhealthy });
            var failed = await notifications.WaitForResourceAsync(name, change => change.Snapshot.State?.Text == KnownResourceStates.FailedToStart, TestContext.Current.CancellationToken);
            Assert.Equal(
                $"{name}-1: No container engine answers. Start Docker or Podman, or bring the topology up without one: ./pgaspire up --host embedded",
                failed.Snapshot.Properties.Single(property => property.Name == GroupState.FailureProperty).Value);
        }

        await watcher.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task AnEngineThatAnswersUsIsWaitedForThoughTheOrchestratorMissedIt()
    {
        // What answers to every command.
        var builder = Model.Builder("--DcpPublisher:ContainerRuntime=true");
        builder.AddPostgresTopology("postgres", new TopologyDeclaration { Clusters = 1, InitScripts = "" });
        await using var model = await Model.CompleteAsync(builder);
        var notifications = model.Services.GetRequiredService<ResourceNotificationService>();
        var watcher = model.Services.GetServices<IHostedService>().OfType<GroupWatcher>().Single();
        await watcher.StartAsync(TestContext.Current.CancellationToken);
        await notifications.PublishUpdateAsync(model.Instance("pg1-1"), snapshot => snapshot with { State = KnownResourceStates.RuntimeUnhealthy });
        await notifications.WaitForResourceAsync("pg1", KnownResourceStates.Starting, TestContext.Current.CancellationToken);
        await watcher.StopAsync(TestContext.Current.CancellationToken);
    }
}
