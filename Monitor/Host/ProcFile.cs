using System.Buffers.Binary;
using System.Buffers.Text;
using System.Runtime.InteropServices;

namespace PgAspire.Monitor.Host;

/// <summary>Reads the small files of <c>/proc</c> without an object for each: a round reads some for every process of every instance.</summary>
internal static partial class ProcFile
{
    /// <summary>Bytes that any of the files read here may have.</summary>
    public const int Longest = 4096;

    // Of struct statx, which is the same on every architecture.
    private const int StatxBytes = 256;
    private const int SizeOffset = 40;
    private const int CurrentFolder = -100;
    private const uint Size = 0x200;

    /// <summary>A file's content; empty where its process has ended, or is closed to this user.</summary>
    /// <param name="path">The file.</param>
    /// <param name="buffer">Where to put it: <see cref="Longest"/> bytes.</param>
    public static ReadOnlySpan<byte> Read(string path, Span<byte> buffer)
    {
        try
        {
            using var file = File.OpenHandle(path);
            return buffer[..RandomAccess.Read(file, buffer, 0)];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return default;
        }
    }

    /// <summary>A number by its place among fields parted by blanks, from 0.</summary>
    public static long Number(ReadOnlySpan<byte> text, int field)
    {
        for (; field > 0; field--)
        {
            text = text[(text.IndexOf((byte)' ') + 1)..];
        }

        return Number(text);
    }

    /// <summary>The number behind a name.</summary>
    public static long Number(ReadOnlySpan<byte> text, ReadOnlySpan<byte> name) => Number(text[(text.IndexOf(name) + name.Length)..].TrimStart((byte)' '));

    /// <summary>How many entries a process's folder of open files has; null where it has ended, or is closed to this user.</summary>
    /// <remarks>
    /// Since Linux 6.2 the folder's size is their number (<see href="https://docs.kernel.org/filesystems/proc.html">proc</see>, 3.9.1). Listing
    /// them costs a look at every file behind them.
    /// </remarks>
    public static int? CountEntries(string path)
    {
        Span<byte> found = stackalloc byte[StatxBytes];
        if (statx(CurrentFolder, path, 0, Size, found) == 0 && BinaryPrimitives.ReadInt64LittleEndian(found[SizeOffset..]) is > 0 and var size)
        {
            return (int)size;
        }

        try
        {
            return Directory.EnumerateFileSystemEntries(path).Count();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static long Number(ReadOnlySpan<byte> text) =>
        Utf8Parser.TryParse(text, out long value, out _) ? value : throw new IOException("A file of /proc has no number where one belongs.");

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(int folder, string path, int flags, uint mask, Span<byte> found);
}
