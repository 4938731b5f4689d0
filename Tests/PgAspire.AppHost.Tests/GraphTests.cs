using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.FileProviders;
using PgAspire.Hosting.Resources;
using PgAspire.Postgres.Declaration;

namespace PgAspire.AppHost.Tests;

public sealed class GraphTests
{
    [Fact]
    public async Task ATopologyHasClustersAndTheseHaveInstances()
    {
        var builder = Model.Builder();
        builder.AddPostgresTopology("postgres", new TopologyDeclaration { Clusters = 2, InitScripts = "" });
        await using var model = await Model.CompleteAsync(builder);

        Assert.Equal(["postgres", "pg1", "pg1-1", "pg2", "pg2-1"], model.Resources.Select(resource => resource.Name));
        Assert.Equal("postgres", ParentOf(model.Get<PostgresClusterResource>("pg1")));
        Assert.Equal("pg1", ParentOf(model.Instance("pg1-1")));
        Assert.IsType<PostgresServerResource>(model.Instance("pg2-1"), exactMatch: false);
    }

    [Fact]
    public async Task AnInstanceIsAContainerOfThePinnedImageWithItsDataInAVolume()
    {
        var builder = Model.Builder();
        builder.AddPostgresTopology("postgres", new TopologyDeclaration { Clusters = 1, InitScripts = "" });
        await using var model = await Model.CompleteAsync(builder);
        var instance = model.Instance("pg1-1");

        Assert.True(instance.TryGetContainerImageName(out var image));
        Assert.Equal("docker.io/library/postgres:18.6", image);
        Assert.Equal("bash", instance.Entrypoint);
        Assert.Equal(
            [
                ("/var/lib/postgresql", ContainerMountType.Volume, false),
                ("/pgaspire/entrypoint.sh", ContainerMountType.BindMount, true),
                ("/var/cache/pgaspire", ContainerMountType.Volume, false),
            ],
            instance.Annotations.OfType<ContainerMountAnnotation>().Select(mount => (mount.Target, mount.Type, mount.IsReadOnly)));
        Assert.EndsWith("-pg1-1-model-data", DataOf(instance).Source, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheEnvironmentHoldsVerifiersAndNoPassword()
    {
        var builder = Model.Builder("--Parameters:pg1-password=superSecret1", "--Parameters:pg1-app-password=appSecret1");
        builder.AddPostgresTopology("postgres", new TopologyDeclaration { Clusters = 1, InitScripts = "" })
            .WithSetting("work_mem", "8MB")
            .WithDurability(Durability.Fast);
        await using var model = await Model.CompleteAsync(builder);
        var environment = await model.EnvironmentAsync("pg1-1");

        Assert.Equal(
            [
                "PGASPIRE_BOOTSTRAP", "PGASPIRE_DATABASE", "PGASPIRE_DURABILITY", "PGASPIRE_HANDOVER", "PGASPIRE_HBA",
                "PGASPIRE_HBA_MAKING", "PGASPIRE_IDENT", "PGASPIRE_INITDB", "PGASPIRE_MAJOR", "PGASPIRE_MONITOR", "PGASPIRE_SETTINGS", "PGASPIRE_SHELL",
            ],
            environment.Keys.Order(StringComparer.Ordinal));
        Assert.Contains("CREATE ROLE app NOLOGIN PASSWORD 'SCRAM-SHA-256$", environment["PGASPIRE_BOOTSTRAP"], StringComparison.Ordinal);
        Assert.Contains("work_mem = '8MB'", environment["PGASPIRE_SETTINGS"], StringComparison.Ordinal);
        Assert.Contains("fsync = 'off'", environment["PGASPIRE_SETTINGS"], StringComparison.Ordinal);
        Assert.DoesNotContain("trust", environment["PGASPIRE_HBA"], StringComparison.Ordinal);
        Assert.DoesNotContain(environment.Values, value => value.Contains("Secret1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task AReferenceGivesOneConnectionStringAClusterAsTheApplication()
    {
        var builder = Model.Builder();
        var postgres = builder.AddPostgresTopology("postgres", new TopologyDeclaration { Clusters = 2, InitScripts = "" });
        builder.AddContainer("client", "client").WithReference(postgres).WaitFor(postgres);
        await using var model = await Model.CompleteAsync(builder);
        var environment = await model.EnvironmentAsync("client");

        Assert.Equal(["ConnectionStrings__pg1", "ConnectionStrings__pg2"], environment.Keys.Where(key => key.StartsWith("Conn", StringComparison.Ordinal)));
        Assert.Equal(
            "Host={pg2-1.bindings.tcp.host};Port={pg2-1.bindings.tcp.port};Username=app;Password={pg2-app-password.value};Database=app",
            model.Get<PostgresClusterResource>("pg2").ConnectionStringExpression.ValueExpression);
        var client = model.Get<ContainerResource>("client");
        Assert.Equal(["pg1", "pg2"], client.Annotations.OfType<ResourceRelationshipAnnotation>().Where(relation => relation.Type == "Reference").Select(relation => relation.Resource.Name));
        Assert.Equal("postgres", Assert.Single(client.Annotations.OfType<WaitAnnotation>()).Resource.Name);
    }

    [Fact]
    public async Task DeclaredPortsAreTakenInADevelopersRunOnly()
    {
        var declaration = new TopologyDeclaration { Clusters = 2, FirstPort = 15500, InitScripts = "" };
        await using var scopedModel = await CompleteAsync(declaration, "model");
        await using var ownModel = await CompleteAsync(declaration, "");

        Assert.Null(PortOf(scopedModel.Instance("pg2-1")));
        Assert.Equal(15501, PortOf(ownModel.Instance("pg2-1")));
        Assert.EndsWith("-pg2-1-data", DataOf(ownModel.Instance("pg2-1")).Source, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NoVolumeIsADevelopersOwnRunsToo()
    {
        var declaration = new TopologyDeclaration { Clusters = 1, InitScripts = "" };
        await using var scopedModel = await CompleteAsync(declaration, "model");
        await using var ownModel = await CompleteAsync(declaration, "");

        var volumes = VolumesOf(ownModel).ToList();
        Assert.Equal(2, volumes.Count);
        Assert.Empty(volumes.Intersect(VolumesOf(scopedModel)));

        static IEnumerable<string> VolumesOf(Model model) => model.Instance("pg1-1").Annotations.OfType<ContainerMountAnnotation>()
            .Where(mount => mount.Type == ContainerMountType.Volume).Select(mount => mount.Source!);
    }

    [Theory]
    [InlineData("model", false)]
    [InlineData("", true)]
    public async Task PasswordsOfUserSecretsAreThoseOfADevelopersOwnRunOnly(string scope, bool areTaken)
    {
        var folder = Directory.CreateTempSubdirectory("pgaspire-secrets-");
        try
        {
            var file = Path.Combine(folder.FullName, "secrets.json");
            var secrets = """{ "Parameters:pg1-app-password": "aDevelopersOwn1" }""";
            await File.WriteAllTextAsync(file, secrets, TestContext.Current.CancellationToken);
            var builder = Model.Builder($"--PgAspire:Scope={scope}");
            builder.Configuration.AddJsonFile(new PhysicalFileProvider(folder.FullName), "secrets.json", optional: false, reloadOnChange: false);
            builder.AddPostgresTopology("postgres", new TopologyDeclaration { Clusters = 1, InitScripts = "" });
            await using var model = await Model.CompleteAsync(builder);
            var password = await model.Get<PostgresClusterResource>("pg1").Secrets.Application.GetValueAsync(TestContext.Current.CancellationToken);

            Assert.Equal(areTaken, password == "aDevelopersOwn1");
            Assert.True(password!.Length >= 15);
            Assert.Equal(secrets, await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task PgAdminAndPgWebKnowTheInstances()
    {
        var builder = Model.Builder();
        var cluster = builder.AddPostgresCluster("orders", new TopologyDeclaration { InitScripts = "" });
        builder.CreateResourceBuilder<PostgresServerResource>(cluster.Resource.Instances[0]).WithPgAdmin().WithPgWeb();
        await using var model = await Model.CompleteAsync(builder);

        Assert.Equal(["orders", "orders-1", "pgadmin", "pgweb"], model.Resources.Select(resource => resource.Name));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task OneFlagAddsPgAdminForEveryInstance(bool flag)
    {
        var builder = Model.Builder($"--{PgAdminBuilderExtensions.Key}={flag}");
        builder.AddPostgresTopology("postgres", new TopologyDeclaration { Clusters = 2, InitScripts = "" }).WithOptionalPgAdmin();
        await using var model = await Model.CompleteAsync(builder);

        var topology = new[] { "postgres", "pg1", "pg1-1", "pg2", "pg2-1" };
        Assert.Equal(topology.Concat(flag ? ["pgadmin"] : []).Order(), model.Resources.Select(resource => resource.Name).Where(name => !name.EndsWith("password", StringComparison.Ordinal)).Order());
    }

    [Fact]
    public async Task InstancesOfAClusterWithReplicasAreStartedByTheirSupervisorOnPortsThatStay()
    {
        var builder = Model.Builder();
        builder.AddPostgresTopology("postgres", new TopologyDeclaration { Clusters = 1, Instances = 3, InitScripts = "" });
        await using var model = await Model.CompleteAsync(builder);
        var instances = new[] { "pg1-1", "pg1-2", "pg1-3" }.Select(model.Instance).ToList();

        Assert.All(instances, instance => Assert.Single(instance.Annotations.OfType<ExplicitStartupAnnotation>()));
        Assert.All(instances, instance => Assert.Single(
            instance.Annotations.OfType<ContainerMountAnnotation>(), mount => mount is { Target: "/pgaspire/control", Type: ContainerMountType.BindMount, IsReadOnly: true }));
        Assert.Equal(3, instances.Select(PortOf).OfType<int>().Distinct().Count());
        Assert.Equal(
            "Host={pg1-1.bindings.tcp.host}:{pg1-1.bindings.tcp.port},{pg1-2.bindings.tcp.host}:{pg1-2.bindings.tcp.port},{pg1-3.bindings.tcp.host}:{pg1-3.bindings.tcp.port}"
            + ";Username=app;Password={pg1-app-password.value};Database=app;Target Session Attributes=primary;Host Recheck Seconds=1",
            model.Get<PostgresClusterResource>("pg1").ConnectionStringExpression.ValueExpression);
    }

    [Fact]
    public void ReplicasAreRefusedWhereTheTopologyIsPublished()
    {
        var builder = Model.Builder("--operation", "publish", "--step", "publish", "--output-path", Path.GetTempPath());
        var refused = Assert.Throws<DeclarationException>(() => builder.AddPostgresTopology("postgres", new TopologyDeclaration { Instances = 3, InitScripts = "" }));

        Assert.Contains("instances = \"3\"", refused.Message, StringComparison.Ordinal);
    }

    private static Task<Model> CompleteAsync(TopologyDeclaration declaration, string scope)
    {
        var builder = Model.Builder($"--PgAspire:Scope={scope}");
        builder.AddPostgresTopology("postgres", declaration);
        return Model.CompleteAsync(builder);
    }

    private static string ParentOf(IResource resource) =>
        Assert.Single(resource.Annotations.OfType<ResourceRelationshipAnnotation>(), relation => relation.Type == "Parent").Resource.Name;

    private static ContainerMountAnnotation DataOf(IResource resource) =>
        resource.Annotations.OfType<ContainerMountAnnotation>().Single(mount => mount.Target == "/var/lib/postgresql");

    private static int? PortOf(IResource resource) => resource.Annotations.OfType<EndpointAnnotation>().Single().Port;
}
