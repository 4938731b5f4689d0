using System.ComponentModel;
using System.Diagnostics;

namespace PgAspire.Monitor.Diagnostics;

/// <summary>The end of a log that is no file here: a container's, which its engine prints.</summary>
internal static class LogCommand
{
    /// <summary>Runs the command. What it prints may hold values, and is not to be shown.</summary>
    /// <param name="file">The file with the command, a word a line.</param>
    /// <returns>Null where there is no such file yet.</returns>
    /// <exception cref="IOException">It cannot be started, or it failed.</exception>
    public static async Task<string?> ReadAsync(string file, CancellationToken cancellationToken)
    {
        if (!File.Exists(file) || await File.ReadAllLinesAsync(file, cancellationToken) is not [var program, .. var arguments])
        {
            return null;
        }

        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            await using var end = cancellationToken.Register(process.Kill);
            var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var error = await process.StandardError.ReadToEndAsync(cancellationToken); // Where PostgreSQL writes its log to.
            await process.WaitForExitAsync(cancellationToken);
            return process.ExitCode == 0 ? await output + error : throw new IOException($"{program} ended with {process.ExitCode}: {error.Trim()}");
        }
        catch (Win32Exception exception)
        {
            throw new IOException($"{program} cannot be started: {exception.Message}", exception);
        }
    }
}
