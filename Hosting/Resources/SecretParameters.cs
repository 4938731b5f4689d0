using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace PgAspire.Hosting.Resources;

/// <summary>Makes the parameters of passwords: generated once, and kept where Aspire keeps them.</summary>
internal static class SecretParameters
{
    public static ClusterSecrets For(IDistributedApplicationBuilder builder, string cluster) => new(
        Parameter(builder, $"{cluster}-password"),
        Parameter(builder, $"{cluster}-app-password"),
        Parameter(builder, $"{cluster}-replicator-password"),
        Parameter(builder, $"{cluster}-monitor-password"));

    private static ParameterResource Parameter(IDistributedApplicationBuilder builder, string name)
    {
        // No special characters, so that no connection string, URL or shell has to quote.
        var generated = new GenerateParameterDefault { MinLength = 28, Special = false };
        var scope = RunScope.Of(builder);
        return scope.Name is null
            ? ParameterResourceBuilderExtensions.CreateGeneratedParameter(builder, name, secret: true, generated)
            : new(name, _ => scope.Read(builder.Configuration, $"Parameters:{name}") ?? generated.GetDefaultValue(), secret: true)
            {
                Default = generated,
            };
    }
}
