namespace PgAspire.Cli.Processes;

/// <summary>Finds another project's program, built beside this one.</summary>
internal static class SiblingAssembly
{
    /// <exception cref="CliException">It was not built.</exception>
    public static string Find(string project, string assembly)
    {
        var here = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        var path = Path.Combine(here.Parent!.Parent!.FullName, project, here.Name, assembly);
        return File.Exists(path) ? path : throw new CliException($"{path} is missing: ./pgaspire builds it.");
    }
}
