using System.Globalization;
using PgAspire.Cli.Processes;
using PgAspire.Postgres.Configuration;
using PgAspire.Postgres.Topology;

namespace PgAspire.Cli.Embedded;

/// <summary>
/// Cuts an instance off from clients, other instances and the supervisor while its processes go on, without root: it lets nobody
/// in, knows no password for its primary, and every connection that there was is ended, again and again until this is disposed
/// of, whoever restarts it meanwhile.
/// </summary>
/// <remarks>
/// What it is not: packets that vanish. A client is told that it is not let in, where over a broken network it would wait for its
/// timeout; the pause of an instance shows that.
/// </remarks>
internal sealed class NetworkCut : IAsyncDisposable
{
    private const string LetNobodyIn = "local all all reject\nhost all all all reject\nlocal replication all reject\nhost replication all all reject\n";
    private static readonly string NoPassword = PrimaryConnection.Passwords("cut off");
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);
    private readonly StateFolder _folder;
    private readonly Instance _instance;
    private readonly CancellationTokenSource _ended = new();
    private readonly Task _cutting;
    private string _password;

    public NetworkCut(StateFolder folder, Instance instance)
    {
        (_folder, _instance) = (folder, instance);
        _password = File.Exists(PasswordFile) ? File.ReadAllText(PasswordFile) : "";
        Cut();
        _cutting = Task.Run(KeepAsync);
    }

    private string AccessFile => Path.Combine(_folder.Data(_instance), "pg_hba.conf");

    private string PasswordFile => Path.Combine(_folder.Data(_instance), PrimaryConnection.PasswordFile);

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        await _cutting;
        _ended.Dispose();
        if (Directory.Exists(_folder.Data(_instance)))
        {
            _folder.WriteOwned(AccessFile, HostBasedAuthentication.Loopback);
            _folder.WriteOwned(PasswordFile, _password);
            Reload();
        }
    }

    private async Task KeepAsync()
    {
        while (!_ended.IsCancellationRequested)
        {
            try
            {
                // A start writes the files anew.
                if (File.Exists(AccessFile) && (Read(AccessFile) != LetNobodyIn || Read(PasswordFile) != NoPassword))
                {
                    Cut();
                }
                else
                {
                    EndConnections();
                }
            }
            catch (DirectoryNotFoundException)
            {
                // The instance is being copied anew: its files are looked for again.
            }

            await Wait.UntilAsync(() => _ended.IsCancellationRequested, Look, CancellationToken.None);
        }
    }

    private void Cut()
    {
        if (Read(PasswordFile) is { } password && password != NoPassword)
        {
            _password = password;
        }

        _folder.WriteOwned(AccessFile, LetNobodyIn);
        _folder.WriteOwned(PasswordFile, NoPassword);
        Reload();
        EndConnections();
    }

    private void Reload()
    {
        if (PostmasterFile.ReadOfRunning(_folder.Data(_instance)) is { } server)
        {
            Native.Signal(server.ProcessId, Native.SigHangup);
        }
    }

    /// <summary>What <c>pg_terminate_backend</c> does, which nobody can connect for.</summary>
    private void EndConnections()
    {
        if (PostmasterFile.ReadOfRunning(_folder.Data(_instance)) is not { } server)
        {
            return;
        }

        foreach (var child in Children(server.ProcessId).Where(IsConnection))
        {
            Native.Signal(child, Native.SigTerm);
        }
    }

    private static IEnumerable<int> Children(int server) => (Read(string.Create(CultureInfo.InvariantCulture, $"/proc/{server}/task/{server}/children")) ?? "")
        .Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(id => int.Parse(id, CultureInfo.InvariantCulture));

    /// <summary>By its title: a client's has the client's address, a replica's own connection is its WAL receiver.</summary>
    private static bool IsConnection(int process)
    {
        var title = Read(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/cmdline")) ?? "";
        return title.Contains("127.0.0.1(", StringComparison.Ordinal) || title.Contains("[local]", StringComparison.Ordinal) || title.Contains("walreceiver", StringComparison.Ordinal);
    }

    /// <summary>A file's content; null where it is gone, a process's too.</summary>
    private static string? Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
