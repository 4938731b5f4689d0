using System.Text.Json;
using System.Text.Json.Serialization;
using NpgsqlTypes;
using PgAspire.Postgres.Failover;

namespace PgAspire.Postgres.Supervision;

/// <summary>What is remembered of clusters with replicas, as files of a folder, one each.</summary>
/// <param name="folder">The folder; it exists.</param>
public sealed class FileMemoryStore(string folder) : IClusterMemoryStore
{
    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public ClusterMemory? Read(string cluster)
    {
        var path = FileOf(cluster);
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize(File.ReadAllText(path), MemoryJson.Default.ClusterMemory) is { Primary: > 0, Term: > 0, Quorum: >= 0, Voters: not null } memory
                ? memory
                : throw new JsonException("it says what it never could");
        }
        catch (Exception exception) when (exception is JsonException or FormatException)
        {
            throw new InvalidDataException(
                $"{path}, which says which instance of {cluster} is its primary, is damaged: {exception.Message.Split(" Path:")[0].TrimEnd('.')}. Restore it from a copy; or move it away, and the instance whose data are a primary's, on the newest timeline, is taken.",
                exception);
        }
    }

    /// <inheritdoc/>
    public void Write(string cluster, ClusterMemory memory) =>
        DurableFile.Write(FileOf(cluster), stream => JsonSerializer.Serialize(stream, memory, MemoryJson.Default.ClusterMemory));

    /// <summary>Forgets a cluster whose data are all gone.</summary>
    public void Forget(string cluster) => File.Delete(FileOf(cluster));

    private string FileOf(string cluster) => Path.Combine(folder, $"{cluster}.json");
}

/// <summary>A place in the WAL as PostgreSQL writes it, <c>0/3000060</c>.</summary>
internal sealed class LsnConverter : JsonConverter<NpgsqlLogSequenceNumber>
{
    public override NpgsqlLogSequenceNumber Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        NpgsqlLogSequenceNumber.Parse(reader.GetString() ?? "");

    public override void Write(Utf8JsonWriter writer, NpgsqlLogSequenceNumber value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true, Converters = [typeof(LsnConverter)])]
[JsonSerializable(typeof(ClusterMemory))]
internal sealed partial class MemoryJson : JsonSerializerContext;
