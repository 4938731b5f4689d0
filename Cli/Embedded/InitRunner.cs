using System.Globalization;
using System.IO.Compression;
using PgAspire.Cli.Processes;
using PgAspire.Postgres.Initialization;
using PgAspire.Postgres.Roles;
using PgAspire.Postgres.Topology;

namespace PgAspire.Cli.Embedded;

/// <summary>Runs the init bundle on a new cluster, as the official image's entrypoint does.</summary>
internal sealed class InitRunner(StateFolder folder, PostgresInstallation postgres, InitBundle bundle, string database)
{
    private string? _staged;

    /// <summary>Copies the bundle to where the servers' user can read it.</summary>
    public void Stage()
    {
        if (bundle.Folder is null)
        {
            return;
        }

        _staged = Path.Combine(folder.Root, "init", "bundle");
        if (Directory.Exists(_staged))
        {
            Directory.Delete(_staged, recursive: true);
        }

        try
        {
            folder.CopyOwned(new DirectoryInfo(bundle.Folder), _staged);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CliException($"The init scripts of {bundle.Folder} cannot be copied: {exception.Message}", inner: exception);
        }
    }

    /// <exception cref="CliException">A script fails: its name, line and reason.</exception>
    public async Task RunAsync(Instance instance, RolePasswords passwords, CancellationToken cancellationToken)
    {
        foreach (var script in bundle.Scripts)
        {
            var result = await folder.User.Wrap(ToCommand(script) with { Environment = Environment(instance, passwords), WorkingFolder = _staged })
                .RunAsync(cancellationToken);
            await File.AppendAllTextAsync(folder.Log(instance) + ".init", $"-- {script.Name}\n{result.Output}{result.Error}", cancellationToken);
            if (result.ExitCode != 0)
            {
                throw new CliException($"{instance.Cluster}: {InitScriptFailure.Parse(script.Name, result.Error, result.ExitCode)}");
            }
        }
    }

    private ExternalProgram ToCommand(InitScript script)
    {
        var path = Path.Combine(_staged!, script.Name);
        string[] psql = ["-v", "ON_ERROR_STOP=1", "--no-psqlrc", "--no-password", "--quiet"];
        return script.Kind switch
        {
            InitScriptKind.Sql => new(postgres.Program("psql"), [.. psql, "-f", script.Name]),
            InitScriptKind.CompressedSql => new(postgres.Program("psql"), [.. psql, "-f", "-"]) { Input = (stream, token) => DecompressAsync(path, stream, token) },
            _ when OperatingSystem.IsWindows() => throw new CliException($"init script {script.Name}: a shell script cannot be run on Windows."),
            // bash runs one without a first line too, as the official image's entrypoint does.
            _ when (File.GetUnixFileMode(path) & UnixFileMode.UserExecute) != 0 => new("bash", "-c", "\"$1\"", "bash", $"./{script.Name}"),
            _ => new("bash", "-c", ShellScript.Wrapper, "bash", $"./{script.Name}"),
        };
    }

    private Dictionary<string, string?> Environment(Instance instance, RolePasswords passwords) => new()
    {
        ["PATH"] = postgres.Binaries + Path.PathSeparator + System.Environment.GetEnvironmentVariable("PATH"),
        ["PGHOST"] = "127.0.0.1",
        ["PGPORT"] = instance.Port!.Value.ToString(CultureInfo.InvariantCulture),
        ["PGUSER"] = RoleNames.Superuser,
        ["PGPASSWORD"] = passwords.Superuser,
        ["PGDATABASE"] = database,
        ["POSTGRES_USER"] = RoleNames.Superuser,
        ["POSTGRES_DB"] = database,
        ["LC_MESSAGES"] = "C",
    };

    private static async Task DecompressAsync(string path, Stream target, CancellationToken cancellationToken)
    {
        await using var file = File.OpenRead(path);
        await using var plain = new GZipStream(file, CompressionMode.Decompress);
        await plain.CopyToAsync(target, cancellationToken);
    }
}
