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

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AnImageAndATagThatAreNamedApartHoldBoth(bool isTagFirst)
    {
        var builder = Model.Builder();
        var topology = builder.AddPostgresTopology("postgres", new TopologyDeclaration { Clusters = 2, InitScripts = "" });
        var cluster = builder.CreateResourceBuilder(topology.Resource.Clusters[0]);
        foreach (var isTag in new[] { isTagFirst, !isTagFirst })
        {
            _ = isTag ? cluster.WithPostgresTag("17.12") : (IResourceBuilder<IResource>)topology.WithPostgresImage("mine/postgres", registry: "registry.example");
        }

        await using var model = await Model.CompleteAsync(builder);

        Assert.Equal("registry.example/mine/postgres:17.12", ImageOf(model, "pg1-1"));
        Assert.Equal("registry.example/mine/postgres:18.6", ImageOf(model, "pg2-1"));
    }

    [Fact]
    public async Task WhatAspiresOwnMethodsSetOnAnInstanceGoesFirstAndTheDataPathFollows()
    {
        var builder = Model.Builder();
        var cluster = builder.AddPostgresCluster("orders", new TopologyDeclaration { InitScripts = "" }).WithPostgresImage("mine/postgres");
        builder.CreateResourceBuilder<PostgresServerResource>(cluster.Resource.Instances[0]).WithImageTag("17.12").WithImageRegistry("registry.example");

        await using var model = await Model.CompleteAsync(builder);

        Assert.Equal("registry.example/mine/postgres:17.12", ImageOf(model, "orders-1"));
        Assert.Contains(Mounts(model, "orders-1"), mount => mount.Target == "/var/lib/postgresql/data");
        var environment = await model.EnvironmentAsync("orders-1");
        Assert.Equal("17", environment["PGASPIRE_MAJOR"]);
        Assert.DoesNotContain("io_workers", environment["PGASPIRE_SETTINGS"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task InstancesOfOneClusterNeedOneMajorVersion()
    {
        var builder = Model.Builder();
        var cluster = builder.AddPostgresCluster("orders", new TopologyDeclaration { Instances = 2, InitScripts = "" });
        builder.CreateResourceBuilder<PostgresServerResource>(cluster.Resource.Instances[1]).WithImageTag("17.12");

        var refused = await Assert.ThrowsAsync<DistributedApplicationException>(() => Model.CompleteAsync(builder));

        Assert.StartsWith("orders: the images of its instances are of PostgreSQL 17 and 18", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, "kept-model")]
    [InlineData(false, "/data/kept-model")]
    public async Task AClusterThatGetsReplicasKeepsTheDataOfItsFirstInstance(bool isVolume, string expected)
    {
        foreach (var instances in new[] { 1, 3 })
        {
            var builder = Model.Builder();
            var cluster = builder.AddPostgresCluster("orders", new TopologyDeclaration { Instances = instances, InitScripts = "" });
            _ = isVolume ? cluster.WithDataVolume("kept") : cluster.WithDataBindMount("/data/kept");
            await using var model = await Model.CompleteAsync(builder);
            Assert.Equal(
                Enumerable.Range(1, instances).Select(ordinal => ordinal == 1 ? expected : $"{expected}-orders-{ordinal}"),
                Enumerable.Range(1, instances).Select(ordinal => Mounts(model, $"orders-{ordinal}").Single(mount => mount.Target == "/var/lib/postgresql").Source));
        }
    }

    [Theory]
    [InlineData("ports", "folder", "scripts")]
    [InlineData("scripts", "ports", "folder")]
    [InlineData("folder", "scripts", "ports")]
    public async Task PortsFolderAndScriptsHoldWhateverTheOrder(params string[] calls)
    {
        // Without a scope, as a developer's own run: only there do host ports hold.
        var builder = DistributedApplication.CreateBuilder(new DistributedApplicationOptions
        {
            AssemblyName = typeof(Projects.AppHost).Assembly.GetName().Name,
            DisableDashboard = true,
        });
        var scripts = Directory.CreateTempSubdirectory("pgaspire-scripts-");
        try
        {
            var topology = builder.AddPostgresTopology("postgres", new TopologyDeclaration { Clusters = 2, Instances = 1, InitScripts = "" });
            foreach (var call in calls)
            {
                _ = call switch
                {
                    "ports" => topology.WithHostPorts(7001),
                    "folder" => topology.WithDataBindMount("/data/all"),
                    _ => topology.WithInitFiles(scripts.FullName),
                };
            }

            await using var model = await Model.CompleteAsync(builder);

            Assert.Equal([7001, 7002], new[] { "pg1-1", "pg2-1" }.Select(name => model.Instance(name).Annotations.OfType<EndpointAnnotation>().Single().Port));
            Assert.Equal("/data/all/pg2-1", Mounts(model, "pg2-1").Single(mount => mount.Target == "/var/lib/postgresql").Source);
            Assert.Equal(scripts.FullName, Mounts(model, "pg2-1").Single(mount => mount.Target == "/docker-entrypoint-initdb.d").Source);
        }
        finally
        {
            scripts.Delete(recursive: true);
        }
    }

    private static string ImageOf(Model model, string instance)
    {
        Assert.True(model.Instance(instance).TryGetContainerImageName(out var image));
        return image;
    }

    private static IEnumerable<ContainerMountAnnotation> Mounts(Model model, string instance) =>
        model.Instance(instance).Annotations.OfType<ContainerMountAnnotation>();
}
