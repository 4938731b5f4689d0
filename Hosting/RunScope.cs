using Aspire.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Json;

namespace PgAspire.Hosting;

/// <summary>
/// Keeps a run apart from a developer's own: under Aspire.Hosting.Testing, or where <see cref="Key"/> names a scope, volumes
/// have the scope in their names, ports are any free ones, and passwords are neither read from user secrets nor kept there.
/// </summary>
/// <param name="Name">The scope; null for a developer's own run.</param>
/// <param name="IsTransient">Whether nobody can come back to it, so that its volumes are removed at the end.</param>
internal sealed record RunScope(string? Name, bool IsTransient)
{
    /// <summary>Configuration key that names a scope, to come back to its data in a later run.</summary>
    public const string Key = "PgAspire:Scope";

    private const string ChosenKey = "PgAspire:ChosenScope";
    private const string SecretsFile = "secrets.json";

    /// <summary>The scope of this app host.</summary>
    public static RunScope Of(IDistributedApplicationBuilder builder)
    {
        if (builder.Configuration[Key] is { Length: > 0 } named)
        {
            return new(named, false);
        }

        if (!builder.ExecutionContext.IsRunMode || !builder.Configuration.GetValue("DcpPublisher:RandomizePorts", false))
        {
            return new(null, false);
        }

        return new(builder.Configuration[ChosenKey] ??= $"run-{Guid.NewGuid():n}"[..12], true);
    }

    /// <summary>A configured value, a developer's user secrets left out where this is a scope of its own.</summary>
    public string? Read(IConfiguration configuration, string key)
    {
        if (Name is null || configuration is not IConfigurationRoot root)
        {
            return configuration[key];
        }

        foreach (var provider in root.Providers.Reverse().Where(provider => !IsUserSecrets(provider)))
        {
            if (provider.TryGet(key, out var value))
            {
                return value;
            }
        }

        return null;
    }

    private static bool IsUserSecrets(IConfigurationProvider provider) =>
        provider is JsonConfigurationProvider { Source.Path: SecretsFile };
}
