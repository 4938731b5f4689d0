using System.Text.Json;
using System.Text.Json.Serialization;
using NpgsqlTypes;
using PgAspire.Cli.Processes;
using PgAspire.Postgres.Failover;
using PgAspire.Postgres.Supervision;

namespace PgAspire.Cli.Embedded;

/// <summary>What is remembered of clusters with replicas, a file each.</summary>
internal sealed class ClusterMemoryStore(StateFolder folder) : IClusterMemoryStore
{
    /// <inheritdoc/>
    /// <exception cref="CliException">The file is damaged.</exception>
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
            throw new CliException(
                $"{path}, which says which instance of {cluster} is its primary, is damaged: {exception.Message.Split(" Path:")[0].TrimEnd('.')}. Restore it from a copy; or move it away, and the instance whose data are a primary's, on the newest timeline, is taken.",
                inner: exception);
        }
    }

    public void Write(string cluster, ClusterMemory memory)
    {
        var (path, temporary) = (FileOf(cluster), FileOf(cluster) + ".new");
        using (var stream = StateFolder.CreatePrivate(temporary))
        {
            JsonSerializer.Serialize(stream, memory, MemoryJson.Default.ClusterMemory);
            stream.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
        Native.FlushFolder(folder.Failover);
    }

    private string FileOf(string cluster) => Path.Combine(folder.Failover, $"{cluster}.json");
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
