namespace PgAspire.Monitoring;

/// <summary>Writes values so that YAML takes them as the texts they are.</summary>
internal static class Yaml
{
    /// <summary>The text as a single-quoted scalar.</summary>
    public static string Quote(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
