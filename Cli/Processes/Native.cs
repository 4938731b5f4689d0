using System.ComponentModel;
using System.Runtime.InteropServices;

namespace PgAspire.Cli.Processes;

/// <summary>The few calls of the C library that .NET has no method for. None of them is used on Windows.</summary>
internal static partial class Native
{
    public const int SigInt = 2;
    public const int SigTerm = 15;
    public const int SigKill = 9;
    public const int SigHangup = 1;
    public const int SigQuit = 3;

    private const int NoSuchProcess = 3;

    /// <summary>macOS has numbers of its own for these two.</summary>
    public static int SigStop => OperatingSystem.IsMacOS() ? 17 : 19;

    public static int SigContinue => OperatingSystem.IsMacOS() ? 19 : 18;

    public static bool IsRoot => !OperatingSystem.IsWindows() && geteuid() == 0;

    /// <summary>Sends a signal; false where the process is gone.</summary>
    public static bool Signal(int processId, int signal)
    {
        if (kill(processId, signal) == 0)
        {
            return true;
        }

        var error = Marshal.GetLastPInvokeError();
        return error == NoSuchProcess ? false : throw new Win32Exception(error);
    }

    public static void ChangeOwner(string path, uint user, uint group)
    {
        if (lchown(path, user, group) != 0)
        {
            throw new IOException($"{path}: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    /// <summary>The path without links, as the kernel names it; the path itself where it cannot be told.</summary>
    public static string RealPath(string path) => OperatingSystem.IsWindows() ? path : realpath(path, 0) ?? path;

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial string? realpath(string path, nint resolved);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int kill(int processId, int signal);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int lchown(string path, uint user, uint group);

    [LibraryImport("libc")]
    private static partial uint geteuid();
}
