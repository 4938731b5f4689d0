using System.Collections.Frozen;

namespace PgAspire.Hosting;

/// <summary>The container images that a topology is made of, pinned.</summary>
public static class ContainerImages
{
    /// <summary>docker.io</summary>
    public const string Registry = "docker.io";

    /// <summary>library/postgres</summary>
    public const string Postgres = "library/postgres";

    /// <summary>prom/prometheus</summary>
    public const string Prometheus = "prom/prometheus";

    /// <summary>v3.5.3, of the release line with long-term support.</summary>
    public const string PrometheusTag = "v3.5.3";

    /// <summary>prom/alertmanager</summary>
    public const string Alertmanager = "prom/alertmanager";

    /// <summary>v0.28.1</summary>
    public const string AlertmanagerTag = "v0.28.1";

    /// <summary>grafana/grafana</summary>
    public const string Grafana = "grafana/grafana";

    /// <summary>12.1.1</summary>
    public const string GrafanaTag = "12.1.1";

    /// <summary>The tag of <see cref="Postgres"/> by PostgreSQL major version: its newest minor version.</summary>
    public static IReadOnlyDictionary<int, string> PostgresTags { get; } = new Dictionary<int, string>
    {
        [14] = "14.25",
        [15] = "15.20",
        [16] = "16.16",
        [17] = "17.12",
        [18] = "18.6",
    }.ToFrozenDictionary();
}
