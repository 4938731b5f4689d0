using System.Text.Json;
using System.Text.Json.Serialization;

namespace PgAspire.Postgres.Supervision;

/// <summary>What a supervisor did, one JSON object a line, for other processes. Two files of a megabyte at most.</summary>
/// <param name="path">The file.</param>
public sealed class SupervisorEventFile(string path)
{
    private const long Largest = 1_000_000;
    private readonly Lock _lock = new();

    /// <summary>Appends one.</summary>
    public void Append(SupervisorEvent happened)
    {
        lock (_lock)
        {
            if (File.Exists(path) && new FileInfo(path).Length > Largest)
            {
                File.Move(path, Older, overwrite: true);
            }

            File.AppendAllText(path, JsonSerializer.Serialize(happened, SupervisorEventJson.Default.SupervisorEvent) + "\n");
        }
    }

    /// <summary>A cluster's events since a moment, in order; a line that is just being written is left out.</summary>
    public IReadOnlyList<SupervisorEvent> Since(DateTimeOffset moment, string cluster) =>
    [
        .. Lines(Older).Concat(Lines(path)).Where(line => line.EndsWith('}'))
            .Select(line => JsonSerializer.Deserialize(line, SupervisorEventJson.Default.SupervisorEvent)!)
            .Where(happened => happened.Cluster == cluster && happened.Time >= moment),
    ];

    private string Older => path + ".1";

    private static IEnumerable<string> Lines(string file)
    {
        if (!File.Exists(file))
        {
            yield break;
        }

        using var reader = new StreamReader(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        while (reader.ReadLine() is { } line)
        {
            yield return line;
        }
    }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(SupervisorEvent))]
internal sealed partial class SupervisorEventJson : JsonSerializerContext;
