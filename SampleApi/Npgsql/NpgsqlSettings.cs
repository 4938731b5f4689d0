namespace Microsoft.Extensions.Hosting;

/// <summary>The settings of a data source, as Aspire.Npgsql's class of this name has them.</summary>
public sealed class NpgsqlSettings
{
    public string? ConnectionString { get; set; }

    public bool DisableHealthChecks { get; set; }

    public bool DisableTracing { get; set; }

    public bool DisableMetrics { get; set; }
}
