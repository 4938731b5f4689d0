using System.Text.Json;
using PgAspire.Cli.Processes;
using PgAspire.Postgres.Supervision;

namespace PgAspire.Cli.Embedded;

/// <summary>At most one supervisor acts in a state folder. The lock ends with the process that holds it.</summary>
internal sealed class SupervisorLock : IDisposable
{
    private readonly FileStream _file;

    private SupervisorLock(FileStream file) => _file = file;

    /// <summary>Takes it; null where somebody holds it.</summary>
    public static SupervisorLock? TryTake(StateFolder folder)
    {
        try
        {
            return new(new(Path.Combine(folder.Failover, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException exception) when (exception is not (FileNotFoundException or DirectoryNotFoundException))
        {
            return null;
        }
    }

    /// <summary>Who took it last and lives; null where nobody does.</summary>
    public static DetachedProcess? HolderOf(StateFolder folder) =>
        File.Exists(HolderFile(folder)) && JsonSerializer.Deserialize(File.ReadAllText(HolderFile(folder)), StateJson.Default.DetachedProcess) is { } holder && holder.IsAlive()
            ? holder
            : null;

    /// <summary>Says who holds it.</summary>
    public static void Sign(StateFolder folder) => DurableFile.Write(
        HolderFile(folder), stream => JsonSerializer.Serialize(stream, DetachedProcess.Current(), StateJson.Default.DetachedProcess));

    public void Dispose() => _file.Dispose();

    private static string HolderFile(StateFolder folder) => Path.Combine(folder.Failover, "lock.json");
}
