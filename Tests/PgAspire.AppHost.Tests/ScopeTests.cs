using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using PgAspire.Hosting.Instances;
using PgAspire.Postgres.Declaration;

namespace PgAspire.AppHost.Tests;

public sealed class ScopeTests
{
    [Fact]
    public async Task WhatARunThatNobodyComesBackToKeepsOfItsSupervisionGoesWithIt()
    {
        // The engine answers to every command; the run is one of a test.
        var builder = Model.Builder("--PgAspire:Scope=", "--DcpPublisher:RandomizePorts=true", "--DcpPublisher:ContainerRuntime=true");
        builder.AddPostgresTopology("postgres", new TopologyDeclaration { Clusters = 1, Instances = 3, InitScripts = "" });
        string folder;
        await using (var model = await Model.CompleteAsync(builder))
        {
            folder = model.Instance("pg1-1").Annotations.OfType<ContainerMountAnnotation>().Single(mount => mount.Target == InstanceContainer.ControlTarget).Source!;
            Assert.True(Directory.Exists(folder));
            // As a start does: what is disposed of with them is disposed of under every name that it has.
            Assert.NotEmpty(model.Services.GetServices<IHostedService>());
        }

        Assert.False(Directory.Exists(folder));
    }
}
