namespace PgAspire.Postgres.Configuration;

/// <summary>The settings that make a server count its statements (pg_stat_statements).</summary>
public static class StatementStatistics
{
    /// <summary>The library that does it, and the extension that shows it.</summary>
    public const string Library = "pg_stat_statements";

    private const string Preloaded = "shared_preload_libraries";

    /// <summary>Whether a declaration leaves it on: an empty <c>shared_preload_libraries</c> of its own turns it off.</summary>
    public static bool IsWanted(IReadOnlyDictionary<string, string> declared) => declared.GetValueOrDefault(Preloaded) != "";

    /// <summary>Adds them; libraries that the declaration names are loaded beside this one.</summary>
    /// <param name="settings">The settings so far, the declaration's among them.</param>
    internal static void AddTo(IDictionary<string, string> settings)
    {
        settings.TryGetValue(Preloaded, out var others);
        var libraries = (others ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        settings[Preloaded] = string.Join(",", libraries.Contains(Library) ? libraries : [Library, .. libraries]);

        // Room for 1,000 statements is half a megabyte, for the default of 5,000 it would be three, an instance.
        settings.TryAdd("pg_stat_statements.max", "1000");
        // Of ALTER ROLE … PASSWORD the password would be kept, and be shown to whoever may see statistics.
        settings.TryAdd("pg_stat_statements.track_utility", "off");
    }
}
