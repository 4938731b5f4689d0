using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using PgAspire.Cli.Processes;

namespace PgAspire.Cli.Embedded;

/// <summary>What a service is started with. When any of it changes, the service is started again.</summary>
/// <param name="File">Its program: an assembly built beside this one, or one that is installed.</param>
/// <param name="Environment">Its configuration.</param>
internal sealed record ServiceProgram(string File, IReadOnlyDictionary<string, string?> Environment)
{
    /// <summary>The arguments of an installed program that listens at an address; null for an assembly.</summary>
    public Func<Uri, IReadOnlyList<string>>? Arguments { get; init; }

    /// <summary>What its configuration files hold.</summary>
    public string Configuration { get; init; } = "";

    /// <summary>The path that answers once it is at work.</summary>
    public string AlivePath { get; init; } = "/alive";

    /// <summary>The command that listens at <paramref name="url"/>.</summary>
    public ExternalProgram CommandFor(string name, string url) => Arguments is { } arguments
        ? new(File, arguments(new Uri(url))) { Environment = Environment }
        : new("dotnet", File)
        {
            Environment = new Dictionary<string, string?>(Environment) { ["ASPNETCORE_URLS"] = url, ["OTEL_SERVICE_NAME"] = name },
            WorkingFolder = Path.GetDirectoryName(File),
        };

    /// <summary>A hash of all of it.</summary>
    public string Fingerprint()
    {
        var build = System.IO.File.GetLastWriteTimeUtc(File).ToString("O", CultureInfo.InvariantCulture);
        var all = string.Join('\n', [File, build, Configuration, .. Environment.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}={pair.Value}")]);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(all)));
    }
}
