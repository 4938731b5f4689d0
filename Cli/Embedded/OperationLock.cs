using System.Diagnostics;
using System.Text.Json;
using PgAspire.Cli.Processes;

namespace PgAspire.Cli.Embedded;

/// <summary>At most one command changes the topology at a time. The lock ends with the process that holds it.</summary>
internal sealed class OperationLock : IDisposable
{
    private readonly FileStream _file;
    private readonly string _holderFile;

    private OperationLock(FileStream file, string holderFile) => (_file, _holderFile) = (file, holderFile);

    /// <summary>Who holds the lock.</summary>
    public sealed record Holder(string Command, DetachedProcess Process);

    /// <summary>Takes the lock.</summary>
    /// <exception cref="CliException">Another command holds it.</exception>
    public static OperationLock Take(StateFolder state, string command) =>
        TryTake(state, command) ?? throw new CliException(
            HolderOf(state) is { } holder
                ? $"Another command is at work here: {holder.Command}, process {holder.Process.Id}. Wait for it, or end it with: pgaspire down"
                : "Another command is at work here.");

    public static OperationLock? TryTake(StateFolder state, string command)
    {
        FileStream file;
        try
        {
            file = new(state.LockFile, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException exception) when (exception is not (FileNotFoundException or DirectoryNotFoundException))
        {
            return null;
        }

        // In a file of its own: nobody can open one that is locked, not even to read it.
        File.WriteAllText(state.HolderFile, JsonSerializer.Serialize(new Holder(command, DetachedProcess.Current()), StateJson.Default.Holder));
        return new(file, state.HolderFile);
    }

    /// <summary>Takes the lock as soon as it is free; null where the patience ran out.</summary>
    public static async Task<OperationLock?> WaitAsync(StateFolder state, string command, TimeSpan patience, CancellationToken cancellationToken)
    {
        OperationLock? taken = null;
        await Wait.UntilAsync(() => (taken = TryTake(state, command)) is not null, patience, cancellationToken);
        return taken;
    }

    /// <summary>Who holds the lock; null where nobody does, or it cannot be told.</summary>
    public static Holder? HolderOf(StateFolder state)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllText(state.HolderFile), StateJson.Default.Holder) is { } holder && holder.Process.IsAlive() ? holder : null;
        }
        catch (Exception exception) when (exception is IOException or JsonException)
        {
            Trace.TraceInformation($"The lock's holder cannot be told: {exception.Message}");
            return null;
        }
    }

    public void Dispose()
    {
        File.Delete(_holderFile);
        _file.Dispose();
    }
}
