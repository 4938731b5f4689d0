namespace PgAspire.Monitoring;

/// <summary>One endpoint that Prometheus reads.</summary>
/// <param name="Name">The job's name, <c>api</c> or <c>monitor</c>, which the rules know.</param>
/// <param name="Target">Host and port.</param>
/// <param name="Path">The path of its metrics.</param>
internal sealed record ScrapeJob(string Name, string Target, string Path = "/metrics");
