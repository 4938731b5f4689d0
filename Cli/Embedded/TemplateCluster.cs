using System.Security.Cryptography;
using System.Text;
using PgAspire.Cli.Processes;
using PgAspire.Postgres.Configuration;
using PgAspire.Postgres.Roles;

namespace PgAspire.Cli.Embedded;

/// <summary>A data directory fresh from initdb, which every new cluster is cloned from.</summary>
/// <param name="Data">Its folder.</param>
/// <param name="SuperuserPassword">The superuser's password in it; a clone gets one of its own.</param>
internal sealed record TemplateCluster(string Data, string SuperuserPassword)
{
    private const string PasswordFile = "password";

    /// <summary>The template of an installation, made by initdb where there is none yet.</summary>
    public static async Task<TemplateCluster> GetAsync(StateFolder folder, PostgresInstallation postgres, CancellationToken cancellationToken)
    {
        var arguments = InitdbArguments.For(postgres.Major, hasUtf8CLocale: OperatingSystem.IsLinux());
        var recipe = SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', [postgres.Description, .. arguments])));
        var home = Path.Combine(folder.Templates, $"{postgres.Version}-{Convert.ToHexStringLower(recipe)[..12]}");
        if (!Directory.Exists(home))
        {
            await MakeAsync(home, arguments, folder, postgres, cancellationToken);
        }

        return new(Path.Combine(home, "data"), await File.ReadAllTextAsync(Path.Combine(home, PasswordFile), cancellationToken));
    }

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
        var (data, password) = (Path.Combine(making, "data"), Path.Combine(making, PasswordFile));
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
        error.Split('\n').FirstOrDefault(line => line.Contains("error:", StringComparison.Ordinal) || line.Contains("FATAL", StringComparison.Ordinal))?.Trim()
        ?? error.Trim();
}
