using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using PgAspire.Postgres.Drills;

namespace PgAspire.Postgres.Supervision;

/// <summary>What a command asks of the supervisor.</summary>
/// <param name="Cluster">The cluster.</param>
/// <param name="Target">Ordinal of the instance that is to be the primary; null for any.</param>
/// <param name="AcceptLoss">Whether to promote it whatever it lacks.</param>
public sealed record SupervisorRequest(string Cluster, int? Target, bool AcceptLoss)
{
    /// <summary>What to do to the target, or to the primary where that is null, in place of a change of the primary; null for none.</summary>
    public DrillRequest? Drill { get; init; }
}

/// <summary>A drill that is asked of the host's process, where only that one can do it.</summary>
/// <param name="Fault">What to do.</param>
/// <param name="Options">How.</param>
public sealed record DrillRequest(DrillFault Fault, DrillOptions Options);

/// <summary>What the supervisor answers.</summary>
public sealed record SupervisorReply(bool IsDone, string Message)
{
    /// <summary>What a drill measured; null where none was asked for, or it could not be done.</summary>
    public DrillReport? Report { get; init; }
}

/// <summary>Requests and replies as files of the state folder: whoever may write there may ask, and nothing listens on a port.</summary>
/// <param name="folder">The folder; it exists.</param>
public sealed class SupervisorRequests(string folder)
{
    private const string Request = ".request";
    private const string Reply = ".reply";
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>For the reply that it takes longer.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    /// <summary>Asks, and waits for the reply.</summary>
    /// <exception cref="TimeoutException">There is none within some more than two minutes, beside what a drill takes.</exception>
    public async Task<SupervisorReply> AskAsync(SupervisorRequest request, CancellationToken cancellationToken)
    {
        var path = Path.Combine(folder, Guid.NewGuid().ToString("N"));
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience + Grace + (request.Drill is { Options: var options } ? options.Length + options.Patience : TimeSpan.Zero));
        try
        {
            Write(path + Request, request, SupervisorJson.Default.SupervisorRequest);
            while (!File.Exists(path + Reply))
            {
                await Task.Delay(Interval, patience.Token);
            }

            return JsonSerializer.Deserialize(await File.ReadAllTextAsync(path + Reply, cancellationToken), SupervisorJson.Default.SupervisorReply)!;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException("The supervisor does not answer; its log says what it does.");
        }
        finally
        {
            File.Delete(path + Request);
            File.Delete(path + Reply);
        }
    }

    /// <summary>Answers requests until cancelled, one beside the other.</summary>
    /// <param name="supervisors">The supervisors by cluster; they come and go.</param>
    /// <param name="drill">Does a drill; null where whoever asks can do it alone.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task ServeAsync(
        IReadOnlyDictionary<string, ClusterSupervisor> supervisors, Func<SupervisorRequest, CancellationToken, Task<SupervisorReply>>? drill, CancellationToken cancellationToken)
    {
        var answering = new List<Task>();
        using var self = Process.GetCurrentProcess();
        var since = self.StartTime.ToUniversalTime();
        // Whoever asked before has gone with the supervisor of that time; somebody may have asked since this one was started.
        foreach (var old in Directory.EnumerateFiles(folder).Where(file => file.EndsWith(Request, StringComparison.Ordinal) || file.EndsWith(Reply, StringComparison.Ordinal))
            .Where(file => File.GetLastWriteTimeUtc(file) < since))
        {
            File.Delete(old);
        }

        using var watcher = new FileSystemWatcher(folder, "*" + Request);
        using var changed = new SemaphoreSlim(0);
        watcher.Renamed += (_, _) => changed.Release();
        watcher.EnableRaisingEvents = true;
        try
        {
            while (true)
            {
                answering.RemoveAll(task => task.IsCompletedSuccessfully);
                foreach (var file in Directory.EnumerateFiles(folder, "*" + Request))
                {
                    answering.Add(AnswerAsync(file, supervisors, drill, cancellationToken));
                }

                await changed.WaitAsync(TimeSpan.FromSeconds(10), cancellationToken);
            }
        }
        finally
        {
            await Task.WhenAll(answering);
        }
    }

    private static async Task AnswerAsync(
        string file, IReadOnlyDictionary<string, ClusterSupervisor> supervisors, Func<SupervisorRequest, CancellationToken, Task<SupervisorReply>>? drill, CancellationToken cancellationToken)
    {
        SupervisorReply reply;
        try
        {
            var request = JsonSerializer.Deserialize(File.ReadAllText(file), SupervisorJson.Default.SupervisorRequest)!;
            File.Delete(file);
            reply = request.Drill is not null && drill is not null ? await drill(request, cancellationToken)
                : request.Drill is not null ? new(false, "this host leaves drills to the command line")
                : supervisors.TryGetValue(request.Cluster, out var supervisor) ? await ChangeAsync(supervisor, request, cancellationToken)
                : new(false, $"nobody supervises {request.Cluster} at the moment");
        }
        catch (Exception exception) when (exception is JsonException or FileNotFoundException)
        {
            File.Delete(file);
            reply = new(false, $"the request cannot be read: {exception.Message}");
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            reply = new(false, "the supervisor is being ended");
        }

        Write(Path.ChangeExtension(file, Reply), reply, SupervisorJson.Default.SupervisorReply);
    }

    /// <summary>Asks a supervisor of this process itself; what takes longer than two minutes goes on, and the reply says so.</summary>
    public static async Task<SupervisorReply> ChangeAsync(ClusterSupervisor supervisor, SupervisorRequest request, CancellationToken cancellationToken)
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

    private static void Write<T>(string path, T value, JsonTypeInfo<T> type) =>
        DurableFile.Write(path, stream => JsonSerializer.Serialize(stream, value, type));
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(SupervisorRequest))]
[JsonSerializable(typeof(SupervisorReply))]
internal sealed partial class SupervisorJson : JsonSerializerContext;
