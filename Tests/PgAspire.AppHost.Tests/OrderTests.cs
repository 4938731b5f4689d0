using PgAspire.Postgres.Declaration;

namespace PgAspire.AppHost.Tests;

/// <summary>The order of With* calls never matters, and a mount that would lose data is refused.</summary>
public sealed class OrderTests
{
    [Theory]
    [InlineData("tag", "volume", "setting")]
    [InlineData("volume", "tag", "setting")]
    [InlineData("setting", "volume", "tag")]
    public async Task TheDataPathFollowsTheMajorVersionWhateverTheOrder(params string[] calls)
    {
        var builder = Model.Builder();
        var topology = builder.AddPostgresTopology("postgres", new TopologyDeclaration { Clusters = 2, InitScripts = "" });
        foreach (var call in calls)
        {
            _ = call switch
            {
                "tag" => topology.WithPostgresTag("17.12"),
                "volume" => topology.WithDataVolume("kept"),
                _ => topology.WithSetting("work_mem", "8MB"),
            };
        }

        await using var model = await Model.CompleteAsync(builder);
        var instance = model.Instance("pg2-1");

        Assert.True(instance.TryGetContainerImageName(out var image));
        Assert.Equal("docker.io/library/postgres:17.12", image);
        var data = Assert.Single(instance.Annotations.OfType<ContainerMountAnnotation>(), mount => mount.Target == "/var/lib/postgresql/data");
        Assert.Equal("kept-model-pg2-1", data.Source);
        Assert.DoesNotContain("io_workers", (await model.EnvironmentAsync("pg2-1"))["PGASPIRE_SETTINGS"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task AClustersOwnValueGoesBeforeItsTopologys()
    {
        var builder = Model.Builder();
        var topology = builder.AddPostgresTopology("postgres", new TopologyDeclaration { Clusters = 2, InitScripts = "" });
        builder.CreateResourceBuilder(topology.Resource.Clusters[0]).WithSetting("work_mem", "16MB").WithPostgresTag("17.12");
        topology.WithSetting("work_mem", "8MB");
        await using var model = await Model.CompleteAsync(builder);

        Assert.Contains("work_mem = '16MB'", (await model.EnvironmentAsync("pg1-1"))["PGASPIRE_SETTINGS"], StringComparison.Ordinal);
        Assert.Contains("work_mem = '8MB'", (await model.EnvironmentAsync("pg2-1"))["PGASPIRE_SETTINGS"], StringComparison.Ordinal);
        Assert.Contains(model.Instance("pg2-1").Annotations.OfType<ContainerMountAnnotation>(), mount => mount.Target == "/var/lib/postgresql");
    }

    [Theory]
    [InlineData("18.6", "/var/lib/postgresql/data")]
    [InlineData("17.12", "/var/lib/postgresql")]
    public async Task AMountThatWouldLoseDataIsRefused(string tag, string target)
    {
        var builder = Model.Builder();
        var cluster = builder.AddPostgresCluster("orders", new TopologyDeclaration { InitScripts = "" });
        builder.CreateResourceBuilder<PostgresServerResource>(cluster.Resource.Instances[0]).WithVolume("mine", target);
        cluster.WithPostgresTag(tag);

        var refused = await Assert.ThrowsAsync<DistributedApplicationException>(() => Model.CompleteAsync(builder));

        Assert.StartsWith($"orders-1: a mount at {target} would not keep the data", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ASettingThatPgAspireOwnsIsRefused()
    {
        var builder = Model.Builder();
        builder.AddPostgresCluster("orders", new TopologyDeclaration { InitScripts = "" }).WithSetting("port", "5433");

        var refused = await Assert.ThrowsAsync<DeclarationException>(() => Model.CompleteAsync(builder));

        Assert.Contains("settings.port = \"5433\"", refused.Message, StringComparison.Ordinal);
    }
}
