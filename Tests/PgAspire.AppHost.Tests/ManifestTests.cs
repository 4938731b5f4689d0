using System.Text.Json;
using PgAspire.Postgres.Declaration;

namespace PgAspire.AppHost.Tests;

/// <summary>What is published of a topology.</summary>
public sealed class ManifestTests
{
    [Fact]
    public async Task AManifestHasEveryClusterWithItsContainerAndNoPassword()
    {
        var folder = Directory.CreateTempSubdirectory("pgaspire-manifest");
        try
        {
            var builder = Model.Builder("--operation", "publish", "--step", "publish-manifest", "--output-path", folder.FullName);
            var topology = builder.AddPostgresTopology("postgres", new TopologyDeclaration { Clusters = 2, InitScripts = "" });
            builder.AddContainer("client", "client").WithReference(topology);
            await using (var application = builder.Build())
            {
                await application.RunAsync(TestContext.Current.CancellationToken);
            }

            using var manifest = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(folder.FullName, "aspire-manifest.json"), TestContext.Current.CancellationToken));
            var resources = manifest.RootElement.GetProperty("resources");
            Assert.Equal(
                ["client container.v0", "pg1 value.v0", "pg1-1 container.v0", "pg2 value.v0", "pg2-1 container.v0"],
                resources.EnumerateObject().Where(resource => Type(resource) != "parameter.v0").Select(resource => $"{resource.Name} {Type(resource)}").Order(StringComparer.Ordinal));

            var instance = resources.GetProperty("pg1-1");
            Assert.Equal("docker.io/library/postgres:18.6", instance.GetProperty("image").GetString());
            Assert.Equal("/var/lib/postgresql", Assert.Single(instance.GetProperty("volumes").EnumerateArray()).GetProperty("target").GetString());
            Assert.Equal("{pg1-password.value}", instance.GetProperty("env").GetProperty("POSTGRES_PASSWORD").GetString());
            Assert.Equal("{pg1.connectionString}", resources.GetProperty("client").GetProperty("env").GetProperty("ConnectionStrings__pg1").GetString());

            // Who deploys it gives the passwords, or has them made.
            Assert.All(
                resources.EnumerateObject().Where(resource => Type(resource) == "parameter.v0"),
                parameter => Assert.Equal($"{{{parameter.Name}.inputs.value}}", parameter.Value.GetProperty("value").GetString()));
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        static string? Type(JsonProperty resource) => resource.Value.TryGetProperty("type", out var type) ? type.GetString() : null;
    }
}
