using PgAspire.Postgres.Declaration;

namespace PgAspire.Postgres.Initialization;

/// <summary>The scripts that a new cluster runs once, in name order.</summary>
/// <param name="Folder">Full path of their folder; null where there is none.</param>
/// <param name="Scripts">The scripts in the order in which they run.</param>
public sealed record InitBundle(string? Folder, IReadOnlyList<InitScript> Scripts)
{
    /// <summary>Reads the bundle that a declaration names.</summary>
    /// <param name="initScripts">The declared folder.</param>
    /// <param name="baseFolder">The folder that a relative one is relative to.</param>
    /// <exception cref="DeclarationException">The folder does not exist; only the default one may be missing.</exception>
    public static InitBundle Load(string initScripts, string baseFolder)
    {
        if (initScripts.Length == 0)
        {
            return new(null, []);
        }

        var folder = Path.GetFullPath(initScripts, Path.GetFullPath(baseFolder));
        if (Directory.Exists(folder))
        {
            return new(folder, InOrder(Directory.EnumerateFiles(folder).Select(path => Path.GetFileName(path)!)));
        }

        return initScripts == TopologyDeclaration.DefaultInitScripts
            ? new(null, [])
            : throw new DeclarationException([new("initScripts", initScripts, $"{DeclarationRules.Allowed["initScripts"]}; {folder} does not exist")]);
    }

    /// <summary>The scripts among some files, ordered as the official image's entrypoint does under the C locale: by byte.</summary>
    public static IReadOnlyList<InitScript> InOrder(IEnumerable<string> fileNames) =>
        [.. fileNames.Select(InitScript.FromFileName).OfType<InitScript>().OrderBy(script => script.Name, StringComparer.Ordinal)];
}
