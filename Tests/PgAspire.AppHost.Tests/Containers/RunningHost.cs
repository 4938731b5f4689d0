using System.Diagnostics;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.DependencyInjection;
using PgAspire.Postgres.Control;

namespace PgAspire.AppHost.Tests.Containers;

/// <summary>The repository's own app host, running. It needs a container engine, and fails without one.</summary>
internal sealed class RunningHost : IAsyncDisposable
{
    private static readonly TimeSpan StartBudget = TimeSpan.FromMinutes(2);

    private RunningHost(DistributedApplication application) => Application = application;

    public DistributedApplication Application { get; }

    /// <summary>Starts it and waits until all clusters and the API are healthy.</summary>
    public static async Task<RunningHost> StartAsync(Action<IDistributedApplicationTestingBuilder>? change = null, params string[] args)
    {
        var host = await StartOnlyAsync(change, args);
        try
        {
            await host.HealthyAsync("postgres");
            await host.HealthyAsync("api");
            return host;
        }
        catch
        {
            // Nobody else has it: its containers would run on beside those of the next test.
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts it and does not wait for anything.</summary>
    public static async Task<RunningHost> StartOnlyAsync(Action<IDistributedApplicationTestingBuilder>? change = null, params string[] args)
    {
        using var budget = Budget(StartBudget);
        var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.AppHost>(args, budget.Token);
        ReservePorts(builder);
        change?.Invoke(builder);
        var application = await builder.BuildAsync(budget.Token);
        await application.StartAsync(budget.Token);
        return new(application);
    }

    public async Task HealthyAsync(string resource)
    {
        using var budget = Budget(StartBudget);
        await Application.ResourceNotifications.WaitForResourceHealthyAsync(resource, WaitBehavior.StopOnResourceUnavailable, budget.Token);
    }

    public async Task<CustomResourceSnapshot> StateAsync(string resource, Func<CustomResourceSnapshot, bool> expected)
    {
        using var budget = Budget(StartBudget);
        var found = await Application.ResourceNotifications.WaitForResourceAsync(resource, change => expected(change.Snapshot), budget.Token);
        return found.Snapshot;
    }

    public async Task<string> ContainerOfAsync(string instance)
    {
        using var budget = Budget(StartBudget);
        return (await Application.ResourceNotifications.WaitForResourceAsync(instance, change => change.Snapshot.State?.Text == "Running", budget.Token)).ResourceId;
    }

    public Task<string> SqlAsync(string cluster, string sql) => SqlAsync(Application, cluster, sql);

    public ValueTask DisposeAsync() => Application.DisposeAsync();

    public static Task<string> EngineAsync(params string[] arguments) => ProgramAsync("docker", arguments);

    public static async Task<string> ProgramAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: {await error}");
        return output + await error;
    }

    /// <summary>Waits for something; a database that does not answer meanwhile is between two primaries.</summary>
    public static async Task UntilAsync(Func<Task<bool>> reached)
    {
        using var budget = Budget(TimeSpan.FromMinutes(3));
        while (true)
        {
            try
            {
                if (await reached())
                {
                    return;
                }
            }
            catch (Npgsql.NpgsqlException exception)
            {
                TestContext.Current.TestOutputHelper?.WriteLine(exception.Message);
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), budget.Token);
        }
    }

    /// <summary>Executes a command of the dashboard.</summary>
    public Task<ExecuteCommandResult> ExecuteAsync(string resource, string command)
    {
        var found = Application.Services.GetRequiredService<DistributedApplicationModel>().Resources.Single(known => known.Name == resource);
        return Application.Services.GetRequiredService<ResourceCommandService>().ExecuteCommandAsync(found, command, TestContext.Current.CancellationToken);
    }

    /// <summary>Removes the volumes of a scope once Aspire has removed the containers, which it does after the app host's end.</summary>
    public static async Task RemoveVolumesAsync(string scope)
    {
        var names = (await EngineAsync("volume", "ls", "-q", "--filter", $"name={scope}")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (names.Length == 0)
        {
            return;
        }

        using var budget = Budget(TimeSpan.FromMinutes(1));
        while (await EngineAsync(["ps", "-aq", .. names.SelectMany(name => new[] { "--filter", $"volume={name}" })]) is { Length: > 0 })
        {
            await Task.Delay(TimeSpan.FromMilliseconds(200), budget.Token);
        }

        await EngineAsync(["volume", "rm", "-f", .. names]);
    }

    private static async Task<string> SqlAsync(DistributedApplication application, string cluster, string sql)
    {
        await using var source = Npgsql.NpgsqlDataSource.Create((await application.GetConnectionStringAsync(cluster, TestContext.Current.CancellationToken))!);
        await using var command = source.CreateCommand(sql);
        return $"{await command.ExecuteScalarAsync(TestContext.Current.CancellationToken)}";
    }

    /// <summary>
    /// Has every project listen on a port that no outgoing connection is given. Aspire takes one of those, seconds before a project listens
    /// on it, and the connections of a whole run of tests take it first now and then.
    /// </summary>
    private static void ReservePorts(IDistributedApplicationBuilder builder)
    {
        var endpoints = builder.Resources.OfType<ProjectResource>().SelectMany(project => project.Annotations.OfType<EndpointAnnotation>())
            .Where(endpoint => endpoint.TargetPort is null).ToList();
        foreach (var (endpoint, port) in endpoints.Zip(FreePorts.Find(endpoints.Count)))
        {
            endpoint.TargetPort = port;
        }
    }

    private static CancellationTokenSource Budget(TimeSpan time)
    {
        var source = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        source.CancelAfter(time);
        return source;
    }
}
