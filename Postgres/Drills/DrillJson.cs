using System.Text.Json;
using System.Text.Json.Serialization;

namespace PgAspire.Postgres.Drills;

/// <summary>Reports as JSON: what <c>drill --json</c> writes, and what is kept of the last drill.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true, UseStringEnumConverter = true)]
[JsonSerializable(typeof(DrillReport))]
[JsonSerializable(typeof(IReadOnlyList<DrillReport>))]
public sealed partial class DrillJson : JsonSerializerContext;
