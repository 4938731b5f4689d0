using System.Text.Json;
using System.Text.Json.Serialization;

namespace PgAspire.Hosting.States;

/// <summary>What the state file says: the same object as <c>./pgaspire status --json</c>. There is no password in it.</summary>
/// <param name="Host">Always <c>aspire</c>.</param>
/// <param name="State"><c>starting</c>, <c>ready</c> once every cluster is, <c>failed</c> where one has failed or its supervisor needs a person, <c>stopped</c>.</param>
/// <param name="ProcessId">The app host's process.</param>
/// <param name="Api">Where the application answers; null where it does not yet.</param>
/// <param name="Monitor">Where the monitor answers; null where it does not yet.</param>
/// <param name="Metrics">Where Prometheus answers; null where it does not yet.</param>
/// <param name="Alertmanager">Where Alertmanager answers; null where it does not yet.</param>
/// <param name="Dashboard">Where the Aspire dashboard answers, its login token included; null without one.</param>
/// <param name="UserSecretsId">The user secrets that hold the passwords; null where the app host has none.</param>
/// <param name="Problems">What cannot be mended without a person: passwords that are not those of the data, and what supervisors say, which go on meanwhile.</param>
/// <param name="Instances">Every instance.</param>
internal sealed record StateDocument(
    string Host, string State, int ProcessId, Address? Api, Address? Monitor, Address? Metrics, Address? Alertmanager, Address? Dashboard, string? UserSecretsId,
    IReadOnlyList<string> Problems, IReadOnlyList<InstanceEntry> Instances)
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.Never,
    };

    public string ToJson() => JsonSerializer.Serialize(this, Options);
}

/// <summary>Where something answers.</summary>
internal sealed record Address(string Url);

/// <summary>One instance.</summary>
/// <param name="Cluster">Its cluster, <c>pg1</c>.</param>
/// <param name="Instance">Its name, <c>pg1-1</c>.</param>
/// <param name="Role"><c>primary</c> or <c>replica</c>.</param>
/// <param name="State"><c>starting</c>, <c>ready</c>, <c>unhealthy</c>, <c>stopped</c> or <c>failed</c>.</param>
/// <param name="Host">The host to connect to.</param>
/// <param name="Port">The port to connect to; null while there is none.</param>
/// <param name="Database">The application's database.</param>
/// <param name="Version">PostgreSQL major version.</param>
/// <param name="DataDirectory">The volume or the host's folder that the data are in.</param>
/// <param name="Container">The container's name; null while there is none.</param>
/// <param name="Message">What there is to say of a failure; null where there is nothing.</param>
/// <param name="Timeline">The timeline that an instance of a cluster with replicas is on; null while that is not known.</param>
/// <param name="LagBytes">How much WAL a replica has not replayed; null of a primary.</param>
internal sealed record InstanceEntry(
    string Cluster, string Instance, string Role, string State, string Host, int? Port, string Database, string Version,
    string DataDirectory, string? Container, string? Message, long? Timeline, long? LagBytes);
