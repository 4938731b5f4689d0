namespace PgAspire.Cli.Monitoring;

/// <summary>The installed programs of Prometheus and Alertmanager.</summary>
internal sealed record MonitoringPrograms(string Prometheus, string Alertmanager)
{
    /// <summary>Finds both on the search path.</summary>
    /// <exception cref="CliException">One is not installed; with the command that installs it.</exception>
    public static MonitoringPrograms Find(string? searchPath)
    {
        var folders = (searchPath ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        string? First(params string[] names) => folders.SelectMany(folder => names.Select(name => Path.Combine(folder, name))).FirstOrDefault(File.Exists);

        // Debian's Alertmanager has a name of its own.
        return (First("prometheus"), First("alertmanager", "prometheus-alertmanager")) switch
        {
            ({ } prometheus, { } alertmanager) => new(prometheus, alertmanager),
            (null, null) => throw Missing("Prometheus and Alertmanager, which are", "prometheus prometheus-alertmanager"),
            (null, _) => throw Missing("Prometheus, which is", "prometheus"),
            _ => throw Missing("Alertmanager, which is", "prometheus-alertmanager"),
        };
    }

    // Not installed unasked, as PostgreSQL is: Debian's packages start services of their own on the usual ports.
    private static CliException Missing(string what, string packages) => new($"up --monitoring runs {what} not installed. " + (File.Exists("/usr/bin/apt-get")
        ? $"Install with: sudo apt-get install {packages}. The services that come with them are of no use here: sudo systemctl disable --now {packages}"
        : "Put the programs prometheus and alertmanager (https://prometheus.io/download) on the PATH."));
}
