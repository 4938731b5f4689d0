using System.Text.Json;
using System.Text.Json.Serialization;
using PgAspire.Cli.Embedded;

namespace PgAspire.Cli.Aspire;

/// <summary>What the app host writes of itself into its state file; see PgAspire.Hosting's StateDocument.</summary>
internal sealed record AppHostDocument(
    string State, int ProcessId, Address? Api, Address? Monitor, Address? Metrics, Address? Alertmanager, Address? Dashboard, string? UserSecretsId,
    IReadOnlyList<string> Problems, IReadOnlyList<AppHostInstance> Instances)
{
    /// <summary>Reads the file; null where there is none yet.</summary>
    public static AppHostDocument? Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllText(path), AppHostJson.Default.AppHostDocument);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        catch (JsonException exception)
        {
            throw new CliException($"{path} is damaged: {exception.Message}. Stop the app host and remove it.", inner: exception);
        }
    }

    /// <summary>What there is to say of every failure.</summary>
    public IEnumerable<string> Failures => Problems.Concat(
        Instances.Where(instance => instance.State == "failed").GroupBy(instance => instance.Message ?? "failed; its log says why", instance => instance.Instance)
            .Select(failure => $"{string.Join(", ", failure)}: {failure.Key}"));

    /// <summary>What a start still waits for, with its state.</summary>
    public IEnumerable<string> Waiting => Instances.Where(instance => instance.State != "ready").Select(instance => $"{instance.Instance} ({instance.State})")
        .Concat(Api is null ? ["the API"] : []);

    /// <summary>The same as every host's status.</summary>
    /// <param name="isAlive">Whether the app host still runs: what it wrote last is old otherwise.</param>
    public TopologyStatus ToStatus(bool isAlive)
    {
        var instances = Instances.Select(instance => new InstanceStatus(
            instance.Cluster, instance.Instance, instance.Role, isAlive ? StateOf(instance.State) : "stopped", instance.Host,
            isAlive ? instance.Port : null, instance.Database, instance.Version, instance.DataDirectory,
            isAlive ? instance.Timeline : null, isAlive ? instance.LagBytes : null)).ToList();
        var status = new TopologyStatus(HostChoice.Aspire, StatusReader.Summarise(instances), new(null), new(null), new(null), instances);
        return isAlive
            ? status with
            {
                Api = new(Api?.Url), Metrics = new(Api is null ? null : $"{Api.Url}/metrics"), Monitor = new(Monitor?.Url), Dashboard = Dashboard, Prometheus = Metrics, Alertmanager = Alertmanager,
            }
            : status;
    }

    private static string StateOf(string state) => state switch
    {
        "ready" => "running",
        "unhealthy" => "unresponsive",
        _ => state,
    };
}

/// <summary>One instance of it.</summary>
internal sealed record AppHostInstance(
    string Cluster, string Instance, string Role, string State, string Host, int? Port, string Database, string Version,
    string DataDirectory, string? Container, string? Message, long? Timeline, long? LagBytes);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(AppHostDocument))]
internal sealed partial class AppHostJson : JsonSerializerContext;
