namespace PgAspire.Monitoring;

/// <summary>The files of <c>monitoring/</c>, which every host carries with it.</summary>
internal static class MonitoringFiles
{
    /// <summary>The alert rules, by file name.</summary>
    public static IReadOnlyDictionary<string, string> Rules() => In("rules/");

    /// <summary>The dashboards, by file name.</summary>
    public static IReadOnlyDictionary<string, string> Dashboards() => In("dashboards/");

    /// <summary>Grafana's provisioning of its data source, by file name.</summary>
    public static IReadOnlyDictionary<string, string> DataSources() => In("datasources/");

    /// <summary>Grafana's provisioning of its dashboards, by file name.</summary>
    public static IReadOnlyDictionary<string, string> DashboardProviders() => In("providers/");

    private static Dictionary<string, string> In(string folder)
    {
        var assembly = typeof(MonitoringFiles).Assembly;
        return assembly.GetManifestResourceNames().Where(name => name.StartsWith(folder, StringComparison.Ordinal)).Order(StringComparer.Ordinal).ToDictionary(
            name => name[folder.Length..],
            name =>
            {
                using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
                return reader.ReadToEnd();
            });
    }
}
