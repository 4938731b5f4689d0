using PgAspire.Postgres.Supervision;

namespace PgAspire.AppHost.Tests.Containers;

[Trait("Category", "Containers")]
public sealed class FailoverTests : IAsyncLifetime
{
    private readonly string _scope = $"test-{Guid.NewGuid():n}"[..12];

    private string[] Arguments => [$"--PgAspire:Scope={_scope}", "--Topology:Clusters=1", "--Topology:Instances=3", "--Topology:Durability=fast", "--Topology:UnresponsiveAfter=120"];

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task AKilledPrimaryIsReplacedAndTheNextStartKnowsTheNewOne()
    {
        string primary;
        await using (var host = await RunningHost.StartAsync(null, WithPasswords()))
        {
            await host.SqlAsync("pg1", "CREATE TABLE kept AS SELECT 42 AS answer");
            await RunningHost.UntilAsync(() => Task.FromResult(IsFormed()));
            await RunningHost.EngineAsync("kill", await host.ContainerOfAsync("pg1-1"));
            primary = await PrimaryAsync(host, not: "pg1_1");
            Assert.Equal("42", await host.SqlAsync("pg1", "SELECT answer FROM kept"));
            await host.SqlAsync("pg1", "INSERT INTO kept VALUES (43)");
            await RunningHost.UntilAsync(async () => await host.SqlAsync("pg1", "SELECT count(*) FROM pg_stat_replication") == "2");
        }

        await using var second = await RunningHost.StartAsync(null, WithPasswords());
        Assert.Equal(primary, await PrimaryAsync(second, not: "pg1_1"));
        Assert.Equal("85", await second.SqlAsync("pg1", "SELECT sum(answer) FROM kept"));
    }

    [Fact]
    public async Task ASwitchoverFromTheDashboardLosesNothing()
    {
        await using var host = await RunningHost.StartAsync(null, WithPasswords());
        await host.SqlAsync("pg1", "CREATE TABLE kept AS SELECT 42 AS answer");
        await RunningHost.UntilAsync(() => Task.FromResult(IsFormed()));
        var done = await host.ExecuteAsync("pg1", "pgaspire-switchover");

        Assert.True(done.Success, done.Message);
        var primary = await PrimaryAsync(host, not: "pg1_1");
        Assert.Equal("42", await host.SqlAsync("pg1", "SELECT answer FROM kept"));
        await RunningHost.UntilAsync(async () => await host.SqlAsync("pg1", "SELECT count(*) FROM pg_stat_replication") == "2");

        foreach (var instance in new[] { "pg1-1", "pg1-2", "pg1-3" })
        {
            string[] expected = instance.Replace('-', '_') == primary ? ["Role: primary", "Timeline: 2"] : ["Role: replica", "Timeline: 2", "Lag in bytes: 0"];
            await host.StateAsync(instance, snapshot => expected.SequenceEqual(snapshot.Properties
                .Where(property => property.Name is "Role" or "Timeline" or "Lag in bytes").Select(property => $"{property.Name}: {property.Value}")));
        }
    }

    [Fact]
    public async Task AClusterWhosePrimaryIsNoLongerDeclaredFailsVisiblyAndStartsNothing()
    {
        await using var host = await RunningHost.StartOnlyAsync(
            builder =>
            {
                var first = builder.CreateResourceBuilder(builder.Resources.Single(resource => resource.Name == "pg1-1"));
                var folder = SupervisionFolder.Of(VolumeNameGenerator.Generate(first, $"{_scope}-data"));
                Directory.CreateDirectory(folder);
                new FileMemoryStore(folder).Write("pg1", new() { Primary = 3, Voters = [1, 2, 3] });
            },
            [.. WithPasswords(), "--Topology:Instances=2"]);

        const string reason = "pg1-1, pg1-2: pg1: its primary is pg1-3, which is no longer declared: start with instances 3 again, and switch over to pg1-1 first.";
        foreach (var group in new[] { "pg1", "postgres" })
        {
            var failed = await host.StateAsync(group, snapshot => snapshot.Properties.Any(property => property.Name == "Failure" && reason.Equals(property.Value)));
            Assert.Equal(KnownResourceStates.FailedToStart, failed.State?.Text);
        }

        Assert.Equal(KnownResourceStates.NotStarted, (await host.StateAsync("pg1-1", _ => true)).State?.Text);
    }

    public async ValueTask DisposeAsync()
    {
        await RunningHost.RemoveVolumesAsync(_scope);
        foreach (var folder in Folders().ToList())
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private string[] WithPasswords() =>
        [.. Arguments, .. new[] { "", "app-", "replicator-", "monitor-" }.Select(role => $"--Parameters:pg1-{role}password=kept-between-two-starts-{role}x")];

    /// <summary>Whether every acknowledged write is certain to be on a replica: before that, a lost primary is started again.</summary>
    private bool IsFormed() => Folders().Any(folder => new FileMemoryStore(folder).Read("pg1") is { IsFormed: true });

    private IEnumerable<string> Folders() => Directory.EnumerateDirectories(Path.GetDirectoryName(SupervisionFolder.Of(_scope))!, $"*{_scope}*");

    /// <summary>The slot name of the instance that takes writes, once it is another one.</summary>
    private static async Task<string> PrimaryAsync(RunningHost host, string not)
    {
        var primary = not;
        await RunningHost.UntilAsync(async () => (primary = (await host.SqlAsync("pg1", "SHOW cluster_name")).Replace('-', '_')) != not);
        return primary;
    }
}
