namespace PgAspire.Postgres.Diagnostics.Logs;

/// <summary>The end of a server's log in a file: enough of it for what happened lately, and never a log of any size.</summary>
public static class LogEnd
{
    private const long MostBytes = 16 * 1024 * 1024;

    /// <summary>Reads it while the server goes on writing. It may hold values: it is for <see cref="Diagnostic.FromLog"/> and not to be shown.</summary>
    /// <param name="path">The file.</param>
    /// <returns>Null where there is no such file.</returns>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It is closed to this process.</exception>
    public static async Task<string?> ReadAsync(string path, CancellationToken cancellationToken)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        await using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        stream.Position = Math.Max(0, stream.Length - MostBytes);
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync(cancellationToken);
    }
}
