using System.Collections.Concurrent;
using System.ComponentModel;
using System.Runtime.InteropServices;

namespace PgAspire.Cli.Processes;

/// <summary>
/// posix_spawn(3): a program in a session of its own, which no terminal reaches, with its output appended to a file. Its environment
/// is the given one to the letter: a shell in between drops what it could not name itself, such as <c>ConnectionStrings__my-app1</c>.
/// </summary>
internal static partial class SessionSpawn
{
    // More than the structures take on any system; only the C library looks into them.
    private const int StructureSize = 1024;
    private const int ReadOnly = 0;
    private const int WriteOnly = 1;
    private const int ReadableByAll = 0b110_110_110; // Less the umask.
    private const short SetDefaultSignals = 4;
    private const int NoHang = 1;

    // What this process may ignore or have inherited as ignored: hangup, interrupt, quit, broken pipe, end.
    private static readonly int[] Signals = [1, 2, 3, 13, 15];

    private static readonly ConcurrentDictionary<int, bool> Children = new();

    private static int CreateAndAppend => OperatingSystem.IsMacOS() ? 0x208 : 0x440;

    private static short NewSession => (short)(OperatingSystem.IsMacOS() ? 0x400 : 0x80);

    /// <summary>Starts it.</summary>
    /// <param name="program">Its name, looked for in PATH, or its path.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="environment">Its whole environment; a null is left out.</param>
    /// <param name="folder">Its working folder; empty for this process's.</param>
    /// <param name="logFile">Where its output goes.</param>
    /// <returns>Its number.</returns>
    /// <exception cref="Win32Exception">It cannot be started, or the file cannot be opened.</exception>
    public static int Start(string program, IEnumerable<string> arguments, IEnumerable<KeyValuePair<string, string?>> environment, string folder, string logFile)
    {
        using var actions = new Structure(posix_spawn_file_actions_init, posix_spawn_file_actions_destroy);
        using var attributes = new Structure(posix_spawnattr_init, posix_spawnattr_destroy);
        using var signals = new Structure(sigemptyset, _ => 0);
        using var argv = new StringVector(arguments.Prepend(program));
        using var envp = new StringVector(environment.Where(variable => variable.Value is not null).Select(variable => $"{variable.Key}={variable.Value}"));
        Check(posix_spawn_file_actions_addopen(actions.Address, 0, "/dev/null", ReadOnly, 0));
        Check(posix_spawn_file_actions_addopen(actions.Address, 1, logFile, WriteOnly | CreateAndAppend, ReadableByAll));
        Check(posix_spawn_file_actions_adddup2(actions.Address, 1, 2));
        if (folder.Length > 0)
        {
            Check(posix_spawn_file_actions_addchdir_np(actions.Address, folder));
        }

        foreach (var signal in Signals)
        {
            Check(sigaddset(signals.Address, signal));
        }

        Check(posix_spawnattr_setsigdefault(attributes.Address, signals.Address));
        Check(posix_spawnattr_setflags(attributes.Address, (short)(SetDefaultSignals | NewSession)));
        Check(posix_spawnp(out var id, program, actions.Address, attributes.Address, argv.Address, envp.Address));
        Children[id] = true;
        return id;
    }

    /// <summary>Takes note of the end of a process that was started here, which would stay as a dead one otherwise; nothing happens where it is none, or lives.</summary>
    public static void Reap(int id)
    {
        if (Children.ContainsKey(id) && waitpid(id, 0, NoHang) == id)
        {
            Children.TryRemove(id, out _);
        }
    }

    private static void Check(int error)
    {
        if (error != 0)
        {
            throw new Win32Exception(error);
        }
    }

    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_init(nint actions);

    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_destroy(nint actions);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int posix_spawn_file_actions_addopen(nint actions, int descriptor, string path, int flags, uint mode);

    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_adddup2(nint actions, int from, int to);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int posix_spawn_file_actions_addchdir_np(nint actions, string path);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_init(nint attributes);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_destroy(nint attributes);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_setflags(nint attributes, short flags);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_setsigdefault(nint attributes, nint signals);

    [LibraryImport("libc")]
    private static partial int sigemptyset(nint signals);

    [LibraryImport("libc")]
    private static partial int sigaddset(nint signals, int signal);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int posix_spawnp(out int id, string program, nint actions, nint attributes, nint argv, nint envp);

    [LibraryImport("libc")]
    private static partial int waitpid(int id, nint status, int options);

    /// <summary>One of the C library's structures.</summary>
    private sealed class Structure : IDisposable
    {
        private readonly Func<nint, int> _destroy;

        public Structure(Func<nint, int> initialise, Func<nint, int> destroy)
        {
            (_destroy, Address) = (destroy, Marshal.AllocHGlobal(StructureSize));
            Check(initialise(Address));
        }

        public nint Address { get; }

        public void Dispose()
        {
            _ = _destroy(Address);
            Marshal.FreeHGlobal(Address);
        }
    }

    /// <summary>A null-terminated array of strings.</summary>
    private sealed class StringVector : IDisposable
    {
        private readonly List<nint> _strings;

        public StringVector(IEnumerable<string> strings)
        {
            _strings = [.. strings.Select(Marshal.StringToCoTaskMemUTF8)];
            Address = Marshal.AllocHGlobal((_strings.Count + 1) * nint.Size);
            Marshal.Copy((nint[])[.. _strings, 0], 0, Address, _strings.Count + 1);
        }

        public nint Address { get; }

        public void Dispose()
        {
            _strings.ForEach(Marshal.FreeCoTaskMem);
            Marshal.FreeHGlobal(Address);
        }
    }
}
