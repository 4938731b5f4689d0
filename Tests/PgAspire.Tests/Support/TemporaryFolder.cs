namespace PgAspire.Tests.Support;

/// <summary>A folder of one test, gone with it. Other users may pass through it, so that root's servers reach what is inside.</summary>
public sealed class TemporaryFolder : IDisposable
{
    public TemporaryFolder(string? name = null)
    {
        FullPath = Path.Combine(Path.GetTempPath(), $"pgat-{Guid.NewGuid().ToString("N")[..12]}{name}");
        Directory.CreateDirectory(FullPath, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
            | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
    }

    public string FullPath { get; }

    public string Of(params string[] parts) => Path.Combine([FullPath, .. parts]);

    /// <summary>Writes a file, its folders too, and returns its path.</summary>
    public string Write(string name, string content)
    {
        var path = Of(name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
        return path;
    }

    /// <summary>Removes it; a second time does nothing. A program that outlived its test may be removing its own files at the same time.</summary>
    public void Dispose()
    {
        if (!SpinWait.SpinUntil(TryRemove, TimeSpan.FromSeconds(20)))
        {
            Directory.Delete(FullPath, recursive: true);
        }
    }

    private bool TryRemove()
    {
        try
        {
            if (Directory.Exists(FullPath))
            {
                Directory.Delete(FullPath, recursive: true);
            }

            return true;
        }
        catch (IOException)
        {
            return !Directory.Exists(FullPath);
        }
    }
}
