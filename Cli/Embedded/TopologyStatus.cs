using System.Text.Json;
using System.Text.Json.Serialization;

namespace PgAspire.Cli.Embedded;

/// <summary>What <c>status --json</c> says, the same on every host.</summary>
/// <param name="Metrics">Where the API publishes its own metrics.</param>
/// <param name="Monitor">The monitor; the metrics of the instances are at <c>/metrics</c> of it.</param>
/// <param name="Prometheus">Prometheus; left out where it does not run.</param>
/// <param name="Alertmanager">Alertmanager; left out where it does not run.</param>
/// <param name="Dashboard">The Aspire dashboard; left out on the embedded host.</param>
internal sealed record TopologyStatus(
    string Host, string State, Address Api, Address Metrics, Address Monitor, IReadOnlyList<InstanceStatus> Instances,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Address? Dashboard = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Address? Prometheus = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Address? Alertmanager = null);

/// <summary>Where something listens; null where it does not run.</summary>
internal sealed record Address(string? Url);

/// <summary>One instance.</summary>
/// <param name="State"><c>running</c>, <c>stopped</c>, <c>starting</c>, <c>stopping</c>, <c>making</c>, <c>unfinished</c>, <c>absent</c> (its making failed) or <c>unresponsive</c>.</param>
/// <param name="Timeline">Its timeline; null where it cannot be asked or there are no replicas.</param>
/// <param name="LagBytes">WAL of the primary that a replica has not replayed; null for a primary, or where it cannot be asked.</param>
internal sealed record InstanceStatus(
    string Cluster, string Instance, string Role, string State, string Host, int? Port, string Database, string? Version, string DataDirectory,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? Timeline = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? LagBytes = null);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true)]
[JsonSerializable(typeof(TopologyStatus))]
internal sealed partial class StatusJson : JsonSerializerContext;
