namespace PgAspire.Hosting.Supervision;

/// <summary>
/// The first process of a container, where it runs on this machine's own kernel. Once it is gone, the kernel has ended every other
/// process of the container, and the engine may say so a second later.
/// </summary>
/// <param name="Id">Its number on this machine.</param>
/// <param name="Started">When it started, in the kernel's ticks: another process may get the same number.</param>
internal sealed record LocalProcess(int Id, string Started)
{
    private static readonly string[] Programs = ["postgres", "bash", "gosu"];

    /// <summary>The process of this number; null where this machine has no such one, or it is no container's of ours.</summary>
    public static LocalProcess? Find(int id) => Read(id) is { } found && Programs.Contains(found.Program) ? new(id, found.Started) : null;

    /// <summary>Whether it is still there.</summary>
    public bool IsAlive => Read(Id)?.Started == Started;

    /// <summary>See proc(5): the name in parentheses, the state, …, the 22nd field is the start.</summary>
    private static (string Program, string Started)? Read(int id)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{id}/stat");
            var end = text.LastIndexOf(')');
            var fields = text[(end + 2)..].Split(' ');
            return fields[0] is "Z" or "X" ? null : (text[(text.IndexOf('(', StringComparison.Ordinal) + 1)..end], fields[19]);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
