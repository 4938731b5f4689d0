using PgAspire.Cli.Embedded;
using PgAspire.Cli.Processes;
using PgAspire.Postgres.Supervision;

namespace PgAspire.Cli.Aspire;

/// <summary>The commands on a topology that Aspire hosts.</summary>
internal static class AspireSession
{
    public static TopologyStatus Status(StateFolder folder, KnownState state) =>
        AppHostDocument.Read(folder.AppHostFile)?.ToStatus(state.AppHost?.IsAlive() == true)
        ?? new(HostChoice.Aspire, "absent", new(null), new(null), new(null), []);

    /// <summary>psql of the instance's own container: over its local socket its owner may be any role, so that no password leaves it.</summary>
    public static Task<int> PsqlAsync(StateFolder folder, InstanceStatus instance, string role, IReadOnlyList<string> arguments)
    {
        string[] terminal = Console.IsInputRedirected ? ["-i"] : ["-it"];
        return new ExternalProgram(
            ContainerEngine.Program, ["exec", .. terminal, "-u", "postgres", ContainerOf(folder, instance), "psql", "-U", role, "-d", instance.Database, .. arguments])
            .RunAttachedAsync();
    }

    public static Task<int> LogsAsync(StateFolder folder, InstanceStatus instance, int lines, bool follow)
    {
        string[] options = follow ? ["--follow"] : [];
        return new ExternalProgram(
            ContainerEngine.Program, ["logs", .. options, "--tail", lines.ToString(System.Globalization.CultureInfo.InvariantCulture), ContainerOf(folder, instance)])
            .RunAttachedAsync();
    }

    /// <summary>The end of an instance's log.</summary>
    /// <exception cref="CliException">The container engine does not give it.</exception>
    public static async Task<string> LogAsync(StateFolder folder, InstanceStatus instance, int lines, CancellationToken cancellationToken)
    {
        var result = await new ExternalProgram(
            ContainerEngine.Program, "logs", "--tail", lines.ToString(System.Globalization.CultureInfo.InvariantCulture), ContainerOf(folder, instance)).RunAsync(cancellationToken);
        return result.ExitCode == 0
            ? result.Output + result.Error
            : throw new CliException($"The log of {instance.Instance} cannot be read: {result.Error.Trim()}");
    }

    /// <summary>The volumes of every instance, declared or not.</summary>
    public static IReadOnlyList<string> VolumesOf(StateFolder folder, KnownState state) =>
        [.. (state.Volumes ?? []).Union(AppHostDocument.Read(folder.AppHostFile)?.Instances.Select(instance => instance.DataDirectory) ?? [])];

    /// <summary>Removes the volumes; what lies in a folder of the user's own stays.</summary>
    public static async Task RemoveVolumesAsync(IEnumerable<string> volumes, CancellationToken cancellationToken)
    {
        foreach (var volume in volumes.Where(name => !Path.IsPathRooted(name)))
        {
            var result = await new ExternalProgram(ContainerEngine.Program, "volume", "rm", "--force", volume).RunAsync(cancellationToken);
            if (result.ExitCode != 0)
            {
                throw new CliException($"The volume {volume} cannot be removed: {result.Error.Trim()}");
            }

            if (SupervisionFolder.Of(volume) is var supervision && Directory.Exists(supervision))
            {
                Directory.Delete(supervision, recursive: true);
            }
        }
    }

    private static string ContainerOf(StateFolder folder, InstanceStatus instance) =>
        AppHostDocument.Read(folder.AppHostFile)?.Instances.FirstOrDefault(entry => entry.Instance == instance.Instance)?.Container
        ?? throw new CliException($"{instance.Instance} has no container yet.", ExitCodes.NotRunning);
}
