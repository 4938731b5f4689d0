using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;
using PgAspire.Hosting.Resources;

namespace Aspire.Hosting;

/// <summary>Adds pgAdmin to a topology.</summary>
public static class PgAdminBuilderExtensions
{
    /// <summary>Configuration key that asks for pgAdmin: <c>true</c> or <c>false</c>, the default.</summary>
    public const string Key = "PgAspire:PgAdmin";

    /// <summary>
    /// Adds one pgAdmin with every instance in it where configuration asks for it: <c>--PgAspire:PgAdmin=true</c>, or
    /// <c>PgAspire__PgAdmin=true</c> in the environment. Its image is Aspire's own choice.
    /// </summary>
    /// <param name="builder">The topology.</param>
    /// <exception cref="InvalidOperationException">The value is neither true nor false.</exception>
    public static IResourceBuilder<PostgresTopologyResource> WithOptionalPgAdmin(this IResourceBuilder<PostgresTopologyResource> builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        if (!builder.ApplicationBuilder.Configuration.GetValue(Key, false))
        {
            return builder;
        }

        foreach (var instance in builder.Resource.Clusters.SelectMany(cluster => cluster.Instances))
        {
            builder.ApplicationBuilder.CreateResourceBuilder<PostgresServerResource>(instance).WithPgAdmin();
        }

        return builder;
    }
}
