using System.Globalization;
using System.Text.Json;
using PgAspire.Cli;
using PgAspire.Cli.Embedded;
using PgAspire.Cli.Processes;
using PgAspire.Postgres.Roles;

namespace PgAspire.Benchmarks;

/// <summary>Requests a second of the sample API's point read and insert, the bare endpoint's, and pgbench's for the same statements.</summary>
internal static class ApiBenchmark
{
    private const int Connections = 32;
    private const string Body = """{"item":"tea","quantity":2}""";

    public static async Task<int> RunAsync(int rounds, TimeSpan time, CancellationToken cancellationToken)
    {
        await using var workspace = new Workspace();
        workspace.UseSampleSchema(Path.Combine(Environment.GetEnvironmentVariable("PGASPIRE_HOME") ?? ".", "initdb"));
        await workspace.PgaspireAsync(["up", "--detach", "--host", "embedded", "--no-monitor", "--clusters", "1"], cancellationToken);
        var status = JsonDocument.Parse(await workspace.PgaspireAsync(["status", "--json"], cancellationToken)).RootElement;
        var (port, own) = (status.GetProperty("instances")[0].GetProperty("port").GetInt32(), new Uri(status.GetProperty("api").GetProperty("url").GetString()!));
        var password = new StateStore(new StateFolder(workspace.State, workspace.User)).ReadSecrets().Single().Value.Application;
        var bare = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Ports.FindFree(1)[0]}"));
        var process = await StartBareAsync(bare, port, password, workspace, cancellationToken);
        try
        {
            var id = await MakeOrderAsync(own, cancellationToken);
            var postgres = await Workspace.PostgresAsync(cancellationToken);
            var pgbench = new Pgbench(workspace, postgres, port, password, Connections, time);
            Console.WriteLine($"{Environment.ProcessorCount} cores, {Connections} connections, {rounds} rounds of {time.TotalSeconds:0} s, medians; clients, API and server on one machine.\n");
            Statistics.Heading("requests a second", "sample API", "bare endpoint", "ratio", "pgbench, same statement");
            await CompareAsync("point read", LoadGenerator.Get($"/customers/ada/orders/{id}"), () => pgbench.ReadAsync(id, cancellationToken));
            await CompareAsync("insert", LoadGenerator.Post("/customers/ada/orders", Body), () => pgbench.InsertAsync(cancellationToken));
        }
        finally
        {
            await process.StopAsync(TimeSpan.FromSeconds(10), CancellationToken.None);
        }

        return ExitCodes.Done;

        async Task CompareAsync(string name, string request, Func<Task<double>> peer)
        {
            var (owns, bares, peers) = (new List<double>(), new List<double>(), new List<double>());
            var warmUp = TimeSpan.FromSeconds(3);
            await LoadGenerator.RunAsync(own, request, Connections, warmUp, cancellationToken);
            await LoadGenerator.RunAsync(bare, request, Connections, warmUp, cancellationToken);
            for (var round = 0; round < rounds; round++)
            {
                owns.Add(await LoadGenerator.RunAsync(own, request, Connections, time, cancellationToken));
                bares.Add(await LoadGenerator.RunAsync(bare, request, Connections, time, cancellationToken));
                peers.Add(await peer());
            }

            var (ours, theirs) = (Statistics.Median(owns), Statistics.Median(bares));
            Statistics.Row(name, Statistics.Rate(ours), Statistics.Rate(theirs), Statistics.Ratio(ours / theirs), Statistics.Rate(Statistics.Median(peers)));
        }
    }

    private static async Task<string> MakeOrderAsync(Uri api, CancellationToken cancellationToken)
    {
        using var client = new HttpClient { BaseAddress = api };
        using var response = await client.PostAsJsonAsync("/customers/ada/orders", new BareRequest("tea", 2), BareJson.Default.BareRequest, cancellationToken);
        var order = await response.EnsureSuccessStatusCode().Content.ReadFromJsonAsync(BareJson.Default.BareOrder, cancellationToken);
        return order!.Id.ToString();
    }

    private static async Task<DetachedProcess> StartBareAsync(Uri address, int port, string password, Workspace workspace, CancellationToken cancellationToken)
    {
        var program = new ExternalProgram("dotnet", typeof(ApiBenchmark).Assembly.Location, BareApi.Command)
        {
            Environment = new Dictionary<string, string?>
            {
                ["ASPNETCORE_URLS"] = address.ToString(),
                [BareApi.ConnectionVariable] = string.Create(
                    CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={port};Database=app;Username={RoleNames.Application};Password={password}"),
            },
        };
        var process = DetachedProcess.Start(program, Path.Combine(workspace.Root, "bare.log"));
        using var client = new HttpClient { BaseAddress = address };
        if (!await Wait.UntilAsync(() => !Ports.IsFree(address.Port), TimeSpan.FromSeconds(60), cancellationToken))
        {
            throw new CliException("The bare endpoint does not come up.");
        }

        await client.GetStringAsync(new Uri("/alive", UriKind.Relative), cancellationToken);
        return process;
    }
}
