using System.Text.Json;
using System.Text.Json.Serialization;
using PgAspire.Cli.Processes;
using PgAspire.Postgres.Roles;

namespace PgAspire.Cli.Embedded;

/// <summary>An instance that was made at some time.</summary>
internal sealed record KnownInstance(string Cluster, int Ordinal, int Port);

/// <summary>A service beside the instances, the sample API for one, as it was last started.</summary>
/// <param name="Process">Its process.</param>
/// <param name="Url">Where it listens.</param>
/// <param name="Fingerprint">Hash of all that it was started with.</param>
internal sealed record KnownService(DetachedProcess Process, string Url, string Fingerprint);

/// <summary>What of the declaration the supervisor needs.</summary>
/// <param name="Settings">Of every server.</param>
/// <param name="Quorum">How many replicas a commit waits for.</param>
/// <param name="UnresponsiveAfter">Seconds.</param>
internal sealed record KnownSupervision(IReadOnlyDictionary<string, string> Settings, bool IsFast, int Quorum, int UnresponsiveAfter);

/// <summary>What is kept between commands, but for secrets.</summary>
internal sealed record KnownState
{
    /// <summary>Every instance whose data exist, of clusters that are surplus now too.</summary>
    public IReadOnlyList<KnownInstance> Instances { get; init; } = [];

    /// <summary>Names of the clusters that the last <c>up</c> declared.</summary>
    public IReadOnlyList<string> Clusters { get; init; } = [];

    /// <summary>Instances in each of them.</summary>
    public int InstancesPerCluster { get; init; } = 1;

    /// <summary>The application database.</summary>
    public string Database { get; init; } = "";

    /// <summary>The folder of the programs that the servers run on.</summary>
    public string Binaries { get; init; } = "";

    /// <summary>The host that the topology was last up on; null before the first <c>up</c>.</summary>
    public string? Host { get; init; }

    /// <summary>The Aspire app host as it was last started.</summary>
    public DetachedProcess? AppHost { get; init; }

    /// <summary>Where every instance that was ever up under Aspire has its data, those no longer declared too; null where none was.</summary>
    public IReadOnlyList<string>? Volumes { get; init; }

    /// <summary>The services by name.</summary>
    public IReadOnlyDictionary<string, KnownService> Services { get; init; } = new Dictionary<string, KnownService>();

    /// <summary>What the supervisor of clusters with replicas goes by; null where there are none.</summary>
    public KnownSupervision? Supervision { get; init; }

    /// <summary>What the supervisor that may act was started with; any other one ends.</summary>
    public string? SupervisorToken { get; init; }

    /// <summary>The supervisor as it was last started.</summary>
    public DetachedProcess? Supervisor { get; init; }

    /// <summary>The <c>up</c> that waits in the foreground and stops all at its end; null where none does.</summary>
    public DetachedProcess? Owner { get; init; }
}

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web, WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(KnownState))]
[JsonSerializable(typeof(OperationLock.Holder))]
[JsonSerializable(typeof(DetachedProcess))]
[JsonSerializable(typeof(Dictionary<string, RolePasswords>))]
internal sealed partial class StateJson : JsonSerializerContext;
