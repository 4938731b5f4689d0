namespace PgAspire.Cli.Processes;

/// <summary>Finds another project's program, built beside this one.</summary>
internal static class SiblingAssembly
{
    /// <summary>Its path, unless an environment variable says another one.</summary>
    /// <exception cref="CliException">It was not built.</exception>
    public static string Find(string project, string assembly, string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } said ? Path.GetFullPath(said) : Find(project, assembly);

    /// <summary>Its path.</summary>
    /// <exception cref="CliException">It was not built.</exception>
    public static string Find(string project, string assembly) =>
        TryFind(project, assembly) ?? throw new CliException($"{assembly} is missing beside {AppContext.BaseDirectory}: ./pgaspire builds it.");

    /// <summary>Its path; null where it was not built.</summary>
    public static string? TryFind(string project, string assembly)
    {
        var here = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        var path = Path.Combine(here.Parent!.Parent!.FullName, project, here.Name, assembly);
        return File.Exists(path) ? path : null;
    }
}
