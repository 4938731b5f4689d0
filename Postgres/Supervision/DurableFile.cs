using System.Runtime.InteropServices;

namespace PgAspire.Postgres.Supervision;

/// <summary>Files that are whole and on disk once they are written, whatever happens to the machine.</summary>
public static partial class DurableFile
{
    private const int ReadOnly = 0;

    /// <summary>Replaces a file, readable by its owner only; a reader sees the old one or the new one.</summary>
    /// <param name="path">The file; a file of the same name and <c>.new</c> is used on the way.</param>
    /// <param name="write">Writes the content.</param>
    public static void Write(string path, Action<Stream> write)
    {
        var temporary = path + ".new";
        File.Delete(temporary);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var stream = new FileStream(temporary, options))
        {
            write(stream);
            stream.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
        FlushFolder(Path.GetDirectoryName(path)!);
    }

    /// <summary>Has the names in a folder on disk, as a flushed file alone has not. Nothing happens on Windows.</summary>
    public static void FlushFolder(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var descriptor = open(path, ReadOnly);
        try
        {
            if (descriptor < 0 || fsync(descriptor) != 0)
            {
                throw new IOException($"{path}: {Marshal.GetLastPInvokeErrorMessage()}");
            }
        }
        finally
        {
            _ = close(descriptor);
        }
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fsync(int descriptor);

    [LibraryImport("libc")]
    private static partial int close(int descriptor);
}
