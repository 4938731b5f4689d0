using System.Text.Json;
using System.Text.Json.Serialization;
using PgAspire.Cli.Processes;
using PgAspire.Postgres.Supervision;

namespace PgAspire.Cli.Embedded;

/// <summary>What a command asks of the supervisor.</summary>
/// <param name="Cluster">The cluster.</param>
/// <param name="Target">Ordinal of the instance that is to be the primary; null for any.</param>
/// <param name="AcceptLoss">Whether to promote it whatever it lacks.</param>
internal sealed record SupervisorRequest(string Cluster, int? Target, bool AcceptLoss);

/// <summary>What the supervisor answers.</summary>
internal sealed record SupervisorReply(bool IsDone, string Message);

/// <summary>Requests and replies as files of the state folder: whoever may write there may ask, and nothing listens on a port.</summary>
internal sealed class SupervisorRequests(StateFolder folder)
{
    private const string Request = ".request";
    private const string Reply = ".reply";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>Asks, and waits for the reply.</summary>
    /// <exception cref="CliException">There is none within two minutes.</exception>
    public async Task<SupervisorReply> AskAsync(SupervisorRequest request, CancellationToken cancellationToken)
    {
        var path = Path.Combine(folder.Failover, Guid.NewGuid().ToString("N"));
        try
        {
            await WriteAsync(path + Request, request, SupervisorJson.Default.SupervisorRequest, cancellationToken);
            return await Wait.UntilAsync(() => File.Exists(path + Reply), Patience, cancellationToken)
                ? JsonSerializer.Deserialize(await File.ReadAllTextAsync(path + Reply, cancellationToken), SupervisorJson.Default.SupervisorReply)!
                : throw new CliException("The supervisor does not answer: pgaspire logs supervisor shows what it does.");
        }
        finally
        {
            File.Delete(path + Request);
            File.Delete(path + Reply);
        }
    }

    /// <summary>Answers requests until cancelled.</summary>
    public async Task ServeAsync(IReadOnlyDictionary<string, ClusterSupervisor> supervisors, CancellationToken cancellationToken)
    {
        foreach (var old in Directory.EnumerateFiles(folder.Failover).Where(file => file.EndsWith(Request, StringComparison.Ordinal) || file.EndsWith(Reply, StringComparison.Ordinal)))
        {
            File.Delete(old); // Whoever asked has gone with the supervisor of that time.
        }

        using var watcher = new FileSystemWatcher(folder.Failover, "*" + Request);
        using var changed = new SemaphoreSlim(0);
        watcher.Renamed += (_, _) => changed.Release();
        watcher.EnableRaisingEvents = true;
        while (true)
        {
            foreach (var file in Directory.EnumerateFiles(folder.Failover, "*" + Request))
            {
                await AnswerAsync(file, supervisors, cancellationToken);
            }

            await changed.WaitAsync(TimeSpan.FromSeconds(10), cancellationToken);
        }
    }

    private static async Task AnswerAsync(string file, IReadOnlyDictionary<string, ClusterSupervisor> supervisors, CancellationToken cancellationToken)
    {
        SupervisorReply reply;
        try
        {
            var request = JsonSerializer.Deserialize(await File.ReadAllTextAsync(file, cancellationToken), SupervisorJson.Default.SupervisorRequest)!;
            reply = supervisors.TryGetValue(request.Cluster, out var supervisor)
                ? await ChangeAsync(supervisor, request, cancellationToken)
                : new(false, $"{request.Cluster} has no replicas");
        }
        catch (Exception exception) when (exception is JsonException or FileNotFoundException)
        {
            reply = new(false, $"the request cannot be read: {exception.Message}");
        }

        File.Delete(file);
        await WriteAsync(Path.ChangeExtension(file, Reply), reply, SupervisorJson.Default.SupervisorReply, cancellationToken);
    }

    private static async Task<SupervisorReply> ChangeAsync(ClusterSupervisor supervisor, SupervisorRequest request, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            var problem = await supervisor.ChangePrimaryAsync(request.Target, request.AcceptLoss, patience.Token);
            return problem is null ? new(true, $"{request.Cluster}-{supervisor.Memory.Primary} takes writes") : new(false, problem);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new(false, "it is not done yet, and goes on");
        }
    }

    private static async Task WriteAsync<T>(string path, T value, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        await using (var stream = StateFolder.CreatePrivate(path + ".new"))
        {
            await JsonSerializer.SerializeAsync(stream, value, type, cancellationToken);
        }

        File.Move(path + ".new", path, overwrite: true);
    }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(SupervisorRequest))]
[JsonSerializable(typeof(SupervisorReply))]
internal sealed partial class SupervisorJson : JsonSerializerContext;
