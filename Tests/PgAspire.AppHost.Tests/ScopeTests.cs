using PgAspire.Hosting.Instances;
using PgAspire.Postgres.Declaration;

namespace PgAspire.AppHost.Tests;

public sealed class ScopeTests
{
    [Fact]
    public async Task WhatARunThatNobodyComesBackToKeepsOfItsSupervisionGoesWithIt()
    {
        var builder = Model.Builder("--PgAspire:Scope=", "--DcpPublisher:RandomizePorts=true");
        builder.AddPostgresTopology("postgres", new TopologyDeclaration { Clusters = 1, Instances = 3, InitScripts = "" });
        string folder;
        await using (var model = await Model.CompleteAsync(builder))
        {
            folder = model.Instance("pg1-1").Annotations.OfType<ContainerMountAnnotation>().Single(mount => mount.Target == InstanceContainer.ControlTarget).Source!;
            Assert.True(Directory.Exists(folder));
        }

        Assert.False(Directory.Exists(folder));
    }
}
