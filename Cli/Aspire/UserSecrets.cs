using System.Text.Json;

namespace PgAspire.Cli.Aspire;

/// <summary>Reads what an app host keeps in .NET's user secrets: the generated passwords among it.</summary>
/// <remarks>Place: <see href="https://learn.microsoft.com/aspnet/core/security/app-secrets">Safe storage of app secrets in development</see>.</remarks>
internal static class UserSecrets
{
    /// <summary>The password of a cluster's role that is no superuser.</summary>
    /// <exception cref="CliException">It is not there.</exception>
    public static string Password(string id, string cluster, string role)
    {
        var path = PathOf(id);
        var key = $"Parameters:{cluster}-{role}-password";
        if (File.Exists(path))
        {
            using var secrets = JsonDocument.Parse(File.ReadAllText(path));
            if (secrets.RootElement.TryGetProperty(key, out var value) && value.GetString() is { } password)
            {
                return password;
            }
        }

        throw new CliException($"The password of {cluster} is not in the app host's user secrets ({path}, {key}).");
    }

    private static string PathOf(string id) => OperatingSystem.IsWindows()
        ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData), "Microsoft", "UserSecrets", id, "secrets.json")
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".microsoft", "usersecrets", id, "secrets.json");
}
