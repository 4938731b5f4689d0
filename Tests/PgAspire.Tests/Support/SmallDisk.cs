using System.Globalization;
using PgAspire.Cli.Processes;

namespace PgAspire.Tests.Support;

/// <summary>A disk of its own for a folder, as small as a test wants it; takes root.</summary>
internal sealed class SmallDisk : IAsyncDisposable
{
    private readonly string _folder;

    private SmallDisk(string folder) => _folder = folder;

    /// <summary>Mounts one; what lies in the folder is on it from then on.</summary>
    public static async Task<SmallDisk> UnderAsync(string folder, int megabytes)
    {
        var before = Directory.CreateDirectory(folder + ".before").FullName;
        await RunAsync("cp", "-a", folder + "/.", before);
        await RunAsync("mount", "-t", "tmpfs", "-o", Size(megabytes), "none", folder);
        await RunAsync("cp", "-a", before + "/.", folder);
        Directory.Delete(before, recursive: true);
        return new(folder);
    }

    public Task ResizeAsync(int megabytes) => RunAsync("mount", "-o", "remount," + Size(megabytes), _folder);

    public async ValueTask DisposeAsync()
    {
        await StrayProcesses.KillAsync(_folder);
        await Until.TrueAsync(async () => (await new ExternalProgram("umount", _folder).RunAsync(CancellationToken.None)).ExitCode == 0, $"nobody uses {_folder}");
    }

    private static string Size(int megabytes) => string.Create(CultureInfo.InvariantCulture, $"size={megabytes}m");

    private static async Task RunAsync(string program, params string[] arguments)
    {
        var result = await new ExternalProgram(program, arguments).RunAsync(CancellationToken.None);
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
    }
}
