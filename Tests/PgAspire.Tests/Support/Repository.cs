namespace PgAspire.Tests.Support;

/// <summary>The checkout that these tests were built from.</summary>
public static class Repository
{
    public static string Root { get; } = Find(new(AppContext.BaseDirectory));

    public static string Read(string name) => File.ReadAllText(Path.Combine(Root, name));

    private static string Find(DirectoryInfo folder) =>
        File.Exists(Path.Combine(folder.FullName, "PgAspire.sln")) ? folder.FullName : Find(folder.Parent!);
}
