using System.Security.Cryptography;
using System.Text;
using PgAspire.Cli.Processes;
using PgAspire.Postgres.Configuration;
using PgAspire.Postgres.Roles;

namespace PgAspire.Cli.Embedded;

/// <summary>A data directory fresh from initdb, which every new cluster is cloned from.</summary>
/// <remarks>
/// The last cluster that is to be made takes the template itself, which saves a copy: to copy a data directory is about as much
/// work for the file system as initdb was.
/// </remarks>
internal sealed class TemplateCluster
{
    private const string PasswordFile = "password";
    private static readonly string[] Telling = ["No space left", "PANIC", "FATAL", "error:"];
    private readonly string _home;
    private readonly TaskCompletionSource _copied = new();
    private int _toBegin;
    private int _toCopy;

    private TemplateCluster(string home, int clusters)
    {
        _home = home;
        _toBegin = clusters;
        _toCopy = clusters - 1;
        SuperuserPassword = File.ReadAllText(Path.Combine(home, PasswordFile));
        if (_toCopy == 0)
        {
            _copied.SetResult();
        }
    }

    /// <summary>The superuser's password in it; every cluster gets one of its own.</summary>
    public string SuperuserPassword { get; }

    /// <summary>Fills a new data directory: with a copy, or with the template itself where it is the last.</summary>
    public async Task FillAsync(DataDirectory target, CancellationToken cancellationToken)
    {
        if (Interlocked.Decrement(ref _toBegin) == 0)
        {
            await _copied.Task.WaitAsync(cancellationToken);
            target.TakeOver(DataOf(_home));
            StateFolder.Remove(new DirectoryInfo(_home));
            return;
        }

        try
        {
            await Task.Run(() => target.CloneFrom(DataOf(_home)), cancellationToken);
        }
        catch
        {
            // Whoever waits to take the template over may need the room.
            await target.DiscardAsync(CancellationToken.None);
            throw;
        }
        finally
        {
            if (Interlocked.Decrement(ref _toCopy) == 0)
            {
                _copied.SetResult();
            }
        }
    }

    /// <summary>The template of an installation, made by initdb where there is none yet.</summary>
    /// <param name="clusters">How many clusters are to be made of it, at least one.</param>
    public static async Task<TemplateCluster> GetAsync(
        StateFolder folder, PostgresInstallation postgres, int clusters, CancellationToken cancellationToken)
    {
        var arguments = InitdbArguments.For(postgres.Major, hasUtf8CLocale: OperatingSystem.IsLinux());
        var recipe = SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', [postgres.Description, .. arguments])));
        var home = Path.Combine(folder.Templates, $"{postgres.Version}-{Convert.ToHexStringLower(recipe)[..12]}");
        if (new DataDirectory(DataOf(home), folder).State != DataDirectoryState.Foreign)
        {
            // A command that was killed while a cluster took the template over.
            if (Directory.Exists(home))
            {
                await StateFolder.RemoveBusyAsync(new DirectoryInfo(home), cancellationToken);
            }

            await MakeAsync(home, arguments, folder, postgres, cancellationToken);
        }

        return new(home, clusters);
    }

    private static string DataOf(string home) => Path.Combine(home, "data");

    private static async Task MakeAsync(
        string home, IReadOnlyList<string> arguments, StateFolder folder, PostgresInstallation postgres, CancellationToken cancellationToken)
    {
        // An initdb that outlived a killed command may still be at work in its own.
        var making = $"{home}.making-{Guid.NewGuid().ToString("N")[..8]}";
        foreach (var left in Directory.EnumerateDirectories(folder.Templates, "*.making*"))
        {
            await StateFolder.RemoveBusyAsync(new DirectoryInfo(left), cancellationToken);
        }

        folder.MakeOwned(making);
        var (data, password) = (DataOf(making), Path.Combine(making, PasswordFile));
        folder.WriteOwned(password, Password.Generate());

        // Nothing is flushed here: a clone is, once it is made (see ClusterMaker).
        var initdb = new ExternalProgram(postgres.Program("initdb"), [.. arguments, $"--pwfile={password}", $"--pgdata={data}", "--no-sync", "--no-instructions"]);
        var result = await folder.User.Wrap(initdb).RunAsync(cancellationToken);
        if (result.ExitCode != 0)
        {
            throw new CliException($"initdb failed in {making}: {Explain(result.Error)}");
        }

        Directory.Move(making, home);
    }

    private static string Explain(string error) =>
        error.Split('\n').FirstOrDefault(line => Telling.Any(word => line.Contains(word, StringComparison.Ordinal)))?.Trim()
        ?? error.Trim();
}
