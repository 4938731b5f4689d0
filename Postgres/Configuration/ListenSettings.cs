using System.Globalization;
using System.Text;

namespace PgAspire.Postgres.Configuration;

/// <summary>Where an instance that is a plain process listens.</summary>
public static class ListenSettings
{
    /// <summary>The longest path of a Unix socket in bytes that every supported system takes (macOS: 104 with its end).</summary>
    public const int LongestSocketPath = 103;

    /// <summary>Loopback and, where its path is short enough, a Unix socket.</summary>
    /// <param name="port">TCP port.</param>
    /// <param name="socketFolder">Folder of the Unix socket; null for none.</param>
    /// <param name="name">The instance's name, shown in the process list.</param>
    public static IReadOnlyDictionary<string, string> For(int port, string? socketFolder, string name) => new Dictionary<string, string>
    {
        ["cluster_name"] = name,
        ["listen_addresses"] = "127.0.0.1",
        ["port"] = port.ToString(CultureInfo.InvariantCulture),
        ["unix_socket_directories"] = socketFolder is not null && Fits(socketFolder, port) ? socketFolder : "",
    };

    private static bool Fits(string folder, int port) =>
        Encoding.UTF8.GetByteCount(Path.Combine(folder, $".s.PGSQL.{port}")) <= LongestSocketPath && !folder.Contains(',', StringComparison.Ordinal);
}
