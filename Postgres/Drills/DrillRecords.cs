using System.Text.Json;
using PgAspire.Postgres.Supervision;

namespace PgAspire.Postgres.Drills;

/// <summary>The last report of each kind of drill of a cluster, a file each, for a monitor to publish.</summary>
/// <param name="folder">The folder; it need not exist to be read.</param>
public sealed class DrillRecords(string folder)
{
    private const string Extension = ".drill.json";

    /// <summary>Keeps a report in the place of the last one of its kind.</summary>
    public void Keep(DrillReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        var name = $"{report.Cluster}.{report.Fault}.{report.Role}".ToLowerInvariant();
        DurableFile.Write(Path.Combine(folder, name + Extension), stream => JsonSerializer.Serialize(stream, report, DrillJson.Default.DrillReport));
    }

    /// <summary>What is kept.</summary>
    /// <exception cref="JsonException">A file is damaged.</exception>
    public IReadOnlyList<DrillReport> Read() => Directory.Exists(folder)
        ? [.. Directory.EnumerateFiles(folder, "*" + Extension).Select(file => JsonSerializer.Deserialize(File.ReadAllText(file), DrillJson.Default.DrillReport)!)]
        : [];
}
