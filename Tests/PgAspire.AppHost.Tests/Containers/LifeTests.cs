using PgAspire.Hosting;
using PgAspire.Hosting.Resources;
using PgAspire.Postgres.Declaration;

namespace PgAspire.AppHost.Tests.Containers;

[Trait("Category", "Containers")]
public sealed class LifeTests : IAsyncLifetime
{
    private readonly string _scope = $"test-{Guid.NewGuid():n}"[..12];
    private readonly string _folder = Directory.CreateTempSubdirectory("pgaspire-init-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        // The server's user in the container has to get in.
        File.SetUnixFileMode(_folder, File.GetUnixFileMode(_folder) | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task DataSurviveAndAFourthClusterJoinsAndEveryStopIsClean()
    {
        await using (var first = await StartAsync(3, "one"))
        {
            await first.SqlAsync("pg1", "CREATE TABLE kept AS SELECT 42 AS answer");
        }

        await using var second = await StartAsync(4, "one");

        Assert.Equal("42", await second.SqlAsync("pg1", "SELECT answer FROM kept"));
        Assert.Equal("0", await second.SqlAsync("pg4", "SELECT count(*) FROM orders"));
        var log = await RunningHost.EngineAsync("logs", await second.ContainerOfAsync("pg1-1"));
        Assert.Contains("database system was shut down at", log, StringComparison.Ordinal);
        Assert.DoesNotContain("automatic recovery in progress", log, StringComparison.Ordinal);
        Assert.DoesNotContain("init script", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OldDataWithAnotherPasswordAreToldAndMended()
    {
        await using (var first = await StartAsync(1, "one"))
        {
            await first.SqlAsync("pg1", "CREATE TABLE kept AS SELECT 42 AS answer");
        }

        await using var second = await RunningHost.StartOnlyAsync(null, Arguments(1, "two"));
        await IsToldAndMendedAsync(second);
    }

    [Fact]
    public async Task AFailingInitScriptIsNamedAndTheNextStartBeginsAnew()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "001.sql"), "CREATE TABLE orders (id int);\n", Token);
        await File.WriteAllTextAsync(Path.Combine(_folder, "002_bad.sql"), "SELECT 1;\n\nSELECT nope();\n", Token);
        await using (var first = await RunningHost.StartOnlyAsync(null, [.. Arguments(1, "one"), $"--Topology:InitScripts={_folder}"]))
        {
            var failed = await first.StateAsync("pg1", snapshot => snapshot.State?.Text == "FailedToStart");
            Assert.Equal(
                "pg1-1: init script 002_bad.sql, line 3: ERROR:  function nope() does not exist",
                failed.Properties.Single(property => property.Name == "Failure").Value);
        }

        File.Delete(Path.Combine(_folder, "002_bad.sql"));
        await using var second = await RunningHost.StartOnlyAsync(null, [.. Arguments(1, "one"), $"--Topology:InitScripts={_folder}"]);
        await second.HealthyAsync("pg1");
        Assert.Equal("app", await second.SqlAsync("pg1", "SELECT tableowner FROM pg_tables WHERE tablename = 'orders'"));
    }

    [Fact]
    public async Task AContainerThatIsKilledWhileItIsInitialisedBeginsAnew()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "001.sql"), "CREATE TABLE orders (id int);\n", Token);
        await File.WriteAllTextAsync(Path.Combine(_folder, "002.sql"), "SELECT pg_sleep(600);\n", Token);
        await using (var first = await RunningHost.StartOnlyAsync(null, [.. Arguments(1, "one"), $"--Topology:InitScripts={_folder}"]))
        {
            var container = await first.ContainerOfAsync("pg1-1");
            await RunningHost.UntilAsync(async () => (await RunningHost.EngineAsync("logs", container)).Contains("running init script 002.sql", StringComparison.Ordinal));
            await RunningHost.EngineAsync("kill", container);
            await first.StateAsync("pg1", snapshot => snapshot.State?.Text == "FailedToStart");
        }

        await File.WriteAllTextAsync(Path.Combine(_folder, "002.sql"), "INSERT INTO orders VALUES (1);\n", Token);
        await using var second = await RunningHost.StartOnlyAsync(null, [.. Arguments(1, "one"), $"--Topology:InitScripts={_folder}"]);
        await second.HealthyAsync("pg1");
        Assert.Equal("1", await second.SqlAsync("pg1", "SELECT count(*) FROM orders"));
    }

    [Fact]
    public async Task AVolumeOfTheImagesOwnEntrypointIsAdopted()
    {
        var volume = $"stock-{_scope}";
        var image = $"{ContainerImages.Registry}/{ContainerImages.Postgres}:{ContainerImages.PostgresTags[PostgresVersions.Default]}";
        var stock = (await RunningHost.EngineAsync(
            "run", "--detach", "--env", "POSTGRES_PASSWORD=another", "--env", "POSTGRES_DB=app", "--volume", $"{volume}:/var/lib/postgresql", image)).Trim();
        try
        {
            await RunningHost.UntilAsync(async () => (await RunningHost.EngineAsync("logs", stock)).Contains("PostgreSQL init process complete", StringComparison.Ordinal));
            await RunningHost.UntilAsync(async () => (await RunningHost.EngineAsync("logs", "--tail", "3", stock)).Contains("ready to accept connections", StringComparison.Ordinal));
            await RunningHost.EngineAsync("exec", "-u", "postgres", stock, "psql", "-d", "app", "-c", "CREATE TABLE kept AS SELECT 42 AS answer; GRANT SELECT ON kept TO PUBLIC");
            await RunningHost.EngineAsync("stop", stock);
        }
        finally
        {
            await RunningHost.EngineAsync("rm", "--force", stock);
        }

        await using var host = await RunningHost.StartOnlyAsync(
            builder => builder.CreateResourceBuilder((PostgresClusterResource)builder.Resources.Single(resource => resource.Name == "pg1")).WithDataVolume("stock"),
            Arguments(1, "one"));
        await IsToldAndMendedAsync(host);
    }

    [Fact]
    public async Task AnUnreadableFolderOfInitScriptsIsRefusedAndNotPassedOver()
    {
        File.SetUnixFileMode(_folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await using var host = await RunningHost.StartOnlyAsync(null, [.. Arguments(1, "one"), $"--Topology:InitScripts={_folder}"]);
        var failed = await host.StateAsync("pg1", snapshot => snapshot.State?.Text == "FailedToStart");

        Assert.Contains("cannot be read by user", $"{failed.Properties.Single(property => property.Name == "Failure").Value}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task ResetDeletesAllDataAndMakesThemAnew()
    {
        await using var host = await StartAsync(1, "one");
        await host.SqlAsync("pg1", "CREATE TABLE gone AS SELECT 1");

        var reset = await host.ExecuteAsync("pg1", "pgaspire-reset-data");

        Assert.True(reset.Success, reset.Message);
        await host.StateAsync("pg1", snapshot => snapshot.State?.Text == "Running");
        await host.HealthyAsync("pg1");
        Assert.Equal("0", await host.SqlAsync("pg1", "SELECT count(*) FROM pg_tables WHERE tablename = 'gone'"));
        Assert.Equal("1", await host.SqlAsync("pg1", "SELECT count(*) FROM pg_tables WHERE tablename = 'orders'"));
    }

    /// <summary>The instance is unhealthy and says that its passwords are others; the command mends that, and the data are there.</summary>
    private static async Task IsToldAndMendedAsync(RunningHost host)
    {
        var told = await host.StateAsync("pg1-1", snapshot => snapshot.HealthReports.Any(report => report.Description is not null));
        Assert.Contains("other passwords", told.HealthReports.Single().Description, StringComparison.Ordinal);

        var mended = await host.ExecuteAsync("pg1", "pgaspire-reset-passwords");

        Assert.True(mended.Success, mended.Message);
        await host.HealthyAsync("pg1");
        Assert.Equal("42", await host.SqlAsync("pg1", "SELECT answer FROM kept"));
    }

    public async ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        await RunningHost.RemoveVolumesAsync(_scope);
    }

    private Task<RunningHost> StartAsync(int clusters, string password) => RunningHost.StartAsync(null, Arguments(clusters, password));

    private string[] Arguments(int clusters, string password) =>
    [
        $"--PgAspire:Scope={_scope}",
        $"--Topology:Clusters={clusters}",
        .. Enumerable.Range(1, clusters).Select(number => $"--Parameters:pg{number}-app-password=dont-drift-{password}"),
    ];
}
